import { expect, test, vi } from "vitest";
import { serve } from "./serve.ts";
import { SessionPeer } from "./session-peer.ts";

/** Time goes as the test says, until it is over: a server that closes needs the real one. */
function holdTime(): Disposable {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  return { [Symbol.dispose]: () => void vi.useRealTimers() };
}

test("a connection handler that holds a session back for 10 s is named in the log", async () => {
  await using place = await serve({}, () => new Promise(() => {}));
  using _ = holdTime();
  const { peer } = await SessionPeer.opened(place.url);
  vi.advanceTimersByTime(9_900);
  expect(place.log).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(place.log).toEqual([expect.stringContaining("has held back a session's messages for 10000 ms")]);
  peer.cut();
});

test("one that is done in time is not", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using place = await serve({}, () => promise);
  using _ = holdTime();
  const { peer } = await SessionPeer.opened(place.url);
  resolve();
  await promise;
  vi.advanceTimersByTime(20_000);
  expect(place.log).toEqual([]);
  peer.cut();
});

test("nor is one whose session has ended", async () => {
  await using place = await serve({}, () => new Promise(() => {}));
  using _ = holdTime();
  const { peer } = await SessionPeer.opened(place.url);
  place.connections[0]!.socket.terminate();
  vi.advanceTimersByTime(20_000);
  expect(place.log).toEqual([]);
  await peer.closed;
});

test("a message handler that takes 10 s is named in the log", async () => {
  await using place = await serve({}, (socket) => {
    socket.onmessage = () => new Promise(() => {});
  });
  using _ = holdTime();
  const { peer } = await SessionPeer.opened(place.url);
  peer.send("1:one");
  peer.send("ping 1");
  while ((await peer.next()) !== "pong 1");
  vi.advanceTimersByTime(10_100);
  expect(place.log).toEqual([expect.stringContaining("has not settled after 10 s")]);
  peer.cut();
});

test("a session is given up after suspendedMsMax, and not before", async () => {
  await using place = await serve();
  using _ = holdTime();
  const { peer } = await SessionPeer.opened(place.url);
  peer.say("end", { code: 3001, reason: "" });
  await peer.closed;
  vi.advanceTimersByTime(119_900);
  expect(place.app.sessions.size).toBe(1);
  vi.advanceTimersByTime(200);
  expect(place.app.sessions.size).toBe(0);
});
