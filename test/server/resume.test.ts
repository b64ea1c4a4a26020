import { describe, expect, test } from "vitest";
import { type Place, serve } from "./serve.ts";
import { type Members, openMembers, positionOf, SessionPeer } from "./session-peer.ts";

/** A link that asks for a session of another one. */
async function resuming(place: Place<unknown>, opened: Members, changes: Members = {}): Promise<SessionPeer> {
  const peer = await SessionPeer.greeted(place.url);
  const { session, secret } = opened;
  peer.say("resume", { session, secret, linkEpoch: 2, streams: [positionOf()], ...changes });
  return peer;
}

describe("Resuming a session", () => {
  test("goes on where both ends are", async () => {
    await using place = await serve();
    const { peer, opened } = await SessionPeer.opened(place.url);
    peer.send("1:one");
    await peer.nextMessage();
    peer.cut();
    using next = await resuming(place, opened);
    const resumed = await next.expectWord("resumed");
    expect(resumed).toMatchObject({ linkEpoch: 2, streams: [{ stream: 0, have: 1, bytes: 3, done: 1 }] });
    expect(await next.nextMessage()).toBe("1:one");
    next.send("2:two");
    expect(await next.nextMessage()).toBe("2:two");
    expect(place.journal).toEqual(["message one", "message two"]);
  });

  test("works from position 0, and 100 times in a row, with the secret that each time gives", async () => {
    await using place = await serve();
    let { peer, opened } = await SessionPeer.opened(place.url);
    for (let linkEpoch = 2; linkEpoch <= 101; linkEpoch++) {
      peer.cut();
      peer = await resuming(place, opened, { linkEpoch });
      opened = { ...opened, ...(await peer.expectWord("resumed")) };
    }
    peer.send("1:still there");
    expect(await peer.nextMessage()).toBe("1:still there");
    expect(place.connections).toHaveLength(1);
    peer.cut();
  });

  test("takes over at once while the link before is frozen, of which nothing is taken any more", async () => {
    await using place = await serve();
    const { peer: frozen, opened } = await SessionPeer.opened(place.url);
    frozen.socket.pause();
    using next = await resuming(place, opened);
    await next.expectWord("resumed");
    frozen.send("1:too late");
    next.send("1:in time");
    expect(await next.nextMessage()).toBe("1:in time");
    frozen.socket.resume();
    expect(await frozen.expectEnd()).toMatchObject({ code: 3500, linkEpoch: 2 });
    expect(place.journal).toEqual(["message in time"]);
  });

  test("works once more with the same secret while the answer may be lost", async () => {
    await using place = await serve();
    const { peer, opened } = await SessionPeer.opened(place.url);
    peer.cut();
    const lost = await resuming(place, opened);
    await lost.expectWord("resumed");
    lost.cut();
    using again = await resuming(place, opened, { linkEpoch: 3 });
    expect(await again.expectWord("resumed")).toMatchObject({ linkEpoch: 3 });
  });

  test.each([1, 0])("refuses link epoch %d, which another link has had", async (linkEpoch) => {
    await using place = await serve();
    const { peer, opened } = await SessionPeer.opened(place.url);
    using late = await resuming(place, opened, { linkEpoch });
    expect(await late.expectEnd()).toMatchObject({ code: 3500, linkEpoch: 1, closeCode: 3500 });
    expect(peer.isClosed).toBe(false);
    peer.cut();
  });

  test.each([
    ["a wrong secret", { secret: "wrong" }],
    ["a secret that is a part of the right one", { secret: "w" }],
    ["another session", { session: "another" }],
    ["a name of every object", { session: "__proto__" }],
  ])("knows no session by %s, and lets the client open one on the same link", async (_, changes) => {
    await using place = await serve();
    const { peer, opened } = await SessionPeer.opened(place.url);
    using other = await resuming(place, opened, changes);
    expect(await other.expectWord("unknown")).toEqual({});
    other.say("open", openMembers());
    expect(await other.expectWord("opened")).toHaveProperty("session");
    expect(peer.isClosed).toBe(false);
    peer.cut();
  });

  test("gives a session up that was too long without a link, and says what is not known", async () => {
    await using place = await serve({ sessions: { suspendedMsMax: 20 } }, (socket) => socket.send("unheard"));
    const { peer, opened } = await SessionPeer.opened(place.url);
    await peer.nextMessage();
    peer.cut();
    await expect.poll(() => place.journal.at(-1)).toBe("close 1006 not clean");
    expect(place.journal[0]).toContain('gap sent [{"stream":"","from":1,"to":1}]');
    expect(place.app.sessions.size).toBe(0);
    using late = await resuming(place, opened);
    await late.expectWord("unknown");
  });

  test("keeps what was sent while there was no link", async () => {
    await using place = await serve();
    const { peer, opened } = await SessionPeer.opened(place.url);
    peer.cut();
    await peer.closed;
    const { socket } = place.connections[0]!;
    socket.send("meanwhile");
    expect([socket.readyState, socket.bufferedAmount]).toEqual([1, 9]);
    using next = await resuming(place, opened);
    await next.expectWord("resumed");
    expect(await next.nextMessage()).toBe("1:meanwhile");
  });

  test("keeps the order of listeners over links", async () => {
    const gate = Promise.withResolvers<void>();
    await using place = await serve({}, (socket) => {
      socket.onmessage = async ({ data }) => {
        if (data === "first") await gate.promise;
        socket.send(data);
      };
    });
    const { peer, opened } = await SessionPeer.opened(place.url);
    for (const frame of ["1:first", "2:second"]) peer.send(frame);
    await expect.poll(() => place.journal).toEqual(["message first"]);
    peer.cut();
    using next = await resuming(place, opened);
    expect(await next.expectWord("resumed")).toMatchObject({ streams: [{ have: 2, started: 1, done: 0 }] });
    gate.resolve();
    expect([await next.nextMessage(), await next.nextMessage()]).toEqual(["1:first", "2:second"]);
  });
});
