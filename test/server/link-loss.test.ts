import { expect, test } from "vitest";
import { opcodes } from "../raw-peer/frame.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";
import type { RawPeer } from "../raw-peer/raw-peer.ts";
import { type Place, serve } from "./serve.ts";
import { openMembers, positionOf, SessionPeer, type Members } from "./session-peer.ts";

/** A link whose end answers nothing, pings neither, once it has its session. */
async function openSilently(place: Place<unknown>): Promise<{ peer: RawPeer; opened: Members }> {
  const fields = { "Sec-WebSocket-Protocol": "ropeway.1" };
  const port = Number(new URL(place.httpUrl).port);
  const { peer } = await requestRaw(port, { fields, startLine: "GET /ropeway HTTP/1.1" });
  await peer.readFrame();
  peer.sendText(`open ${JSON.stringify(openMembers())}`);
  const { payload } = await peer.readFrame();
  return { peer, opened: JSON.parse(payload.toString().slice("opened ".length)) as Members };
}

test("a link whose peer is gone without a word is found, and its session waits for another one", async () => {
  await using place = await serve({ sessions: { heartbeatMs: 20 } });
  const { peer, opened } = await openSilently(place);
  await using _ = peer;
  expect((await peer.readFrame()).opcode).toBe(opcodes.ping);
  await peer.ended;
  expect([place.journal, place.app.sessions.size]).toEqual([[], 1]);
  using next = await SessionPeer.greeted(place.url);
  const { session, secret } = opened;
  next.say("resume", { session, secret, linkEpoch: 2, streams: [positionOf()] });
  await next.expectWord("resumed");
});

test("a link that its peer closes leaves the session to another one", async () => {
  await using place = await serve();
  const { peer } = await SessionPeer.opened(place.url);
  peer.socket.close(1000);
  await peer.closed;
  expect([place.journal, place.app.sessions.size]).toEqual([[], 1]);
});

test("a link that says end leaves the session to another one, too", async () => {
  await using place = await serve();
  const { peer } = await SessionPeer.opened(place.url);
  peer.say("end", { code: 3001, reason: "No frame came" });
  expect((await peer.closed).code).toBe(1000);
  expect([place.journal, place.app.sessions.size]).toEqual([[], 1]);
});

test("frames that come after the server has ended a link are nobody's", async () => {
  await using place = await serve();
  const { peer } = await SessionPeer.opened(place.url);
  for (const frame of ["1:one", "bye {}", "2:two", "x"]) peer.send(frame);
  await peer.expectEnd();
  expect(place.journal.filter((line) => line.startsWith("message"))).toEqual(["message one"]);
  expect(place.log).toEqual([]);
});
