import { describe, expect, test } from "vitest";
import { serve } from "./serve.ts";
import { type Members, openMembers, positionOf, SessionPeer } from "./session-peer.ts";

const large = "a".repeat(65_537);

describe("A link that is misused before it has a session", () => {
  test.each([
    ["data", "1:hello", "A frame of data may not come now"],
    ["a ping", "ping 7", "A frame ping may not come now"],
    ["a frame of the server", "hello {}", "A frame hello may not come now"],
    ["nothing", "", "A frame of data may not come now"],
    ["no JSON", "open {", "Not a frame of ropeway.1: open"],
    ["a list", "open []", "Not a frame of ropeway.1: open"],
    ["no members", "open {}", "Not a frame of ropeway.1: open, member nonce"],
    ["no members of a resume", "resume {}", "Not a frame of ropeway.1: resume, member session"],
  ])("by %s", async (_, frame, reason) => {
    await using place = await serve();
    using peer = await SessionPeer.greeted(place.url);
    peer.send(frame);
    expect(await peer.expectEnd()).toEqual({ code: 3503, reason, closeCode: 3503 });
  });

  const wrongMembers: Members[] = [
    { nonce: "short" },
    { nonce: "n".repeat(65) },
    { linkEpoch: -1 },
    { linkEpoch: 1.5 },
    { linkEpoch: 2 ** 53 },
    { linkEpoch: "1" },
    { token: "t".repeat(8_193) },
    { token: 5 },
    { protocols: "chat" },
    { protocols: [5] },
    { messageBytesMax: -1 },
    { streamsMax: null },
    { window: [1] },
    { window: [1, -1] },
    { streamWindow: {} },
    { padding: large },
  ];
  test.each(wrongMembers)("by open with %j", async (changes) => {
    await using place = await serve();
    using peer = await SessionPeer.greeted(place.url);
    peer.say("open", openMembers(changes));
    const [name] = Object.keys(changes);
    const what = name === "padding" ? "open" : `open, member ${name}`;
    expect(await peer.expectEnd()).toMatchObject({ code: 3503, reason: `Not a frame of ropeway.1: ${what}` });
    expect(place.connections).toEqual([]);
  });

  test("by binary", async () => {
    await using place = await serve();
    using peer = await SessionPeer.greeted(place.url);
    peer.send(Buffer.from("1:hello"));
    expect(await peer.expectEnd()).toMatchObject({ code: 3503, reason: "A frame of data may not come now" });
  });

  test("by a second open before the answer", async () => {
    await using place = await serve({ authenticate: () => new Promise<string>(() => {}) });
    using peer = await SessionPeer.greeted(place.url);
    for (let count = 0; count < 2; count++) peer.say("open", openMembers());
    expect(await peer.expectEnd()).toMatchObject({ code: 3503 });
  });

  test("by silence: 3002 after openTimeoutMs", async () => {
    await using place = await serve({ sessions: { openTimeoutMs: 20 } });
    using peer = await SessionPeer.greeted(place.url);
    expect(await peer.expectEnd()).toMatchObject({
      code: 3002,
      reason: "Neither open nor resume came within 20 ms",
      closeCode: 3002,
    });
  });

  test("by a WebSocket message that no frame could be: 1009", async () => {
    await using place = await serve();
    using peer = await SessionPeer.greeted(place.url);
    peer.send("a".repeat(128 * 1024 + 1));
    expect((await peer.closed).code).toBe(1009);
  });
});

describe("A session that is misused", () => {
  test.each([
    ["a number that is skipped", ["2:two"], "Stream 0 is at 1@0, the frame at 2@0"],
    ["a byte that is skipped", ["1@5/9:five"], "Stream 0 is at 1@0, the frame at 1@5"],
    ["no number", ["x1:one"], "it begins with neither a number nor a word"],
    ["a number with a zero before it", ["01:one"], "the header of a frame of 6 or more characters"],
    ["no colon", ["1"], "the header of a frame of 1 or more characters"],
    ["a number past 2^53", ["9007199254740993:x"], "the header of a frame of 18 or more characters"],
    [
      "a part that is longer than the whole",
      ["1@0/3:four"],
      "Stream 0 has a part that does not fit message 1",
    ],
    [
      "another length of the same message",
      ["1@0/9:four", "1@4/8:four"],
      "a part that does not fit message 1",
    ],
    ["a payload of 65,537 bytes", [`1:${large}`], "65537 payload bytes, the limit is 65536"],
    ["a stream without a name", ["5.1:one"], "Stream 5 has no name"],
    [
      "an acknowledgement of what was not sent",
      ["ack 0 9 9 9 2000 300000"],
      "Stream 0 cannot be acknowledged so: ",
    ],
    ["an acknowledgement in a header of the same", ["1~9:one"], "Stream 0 cannot be acknowledged so: "],
    ["an acknowledgement of an unknown stream", ["ack 7 0 0 0 9 9"], "Stream 7 cannot be acknowledged so: "],
    ["an acknowledgement that is none", ["ack 0 1"], "Not a frame of ropeway.1: ack"],
    ["numbers left out that are not next", ["skip 0 2 3 expired"], "Stream 0 is at 1@0, the frame at 2 to 3"],
    ["no reason to leave out", ["skip 0 1 1 because"], "Not a frame of ropeway.1: skip"],
    ["a ping without a number", ["ping x"], "Not a frame of ropeway.1: ping"],
    ["a bye that nobody wished for", ["bye {}"], "A frame bye may not come now"],
    ["a second open", ["open {}"], "A frame open may not come now"],
    ["a reserved frame", ["#1 0:x"], "it begins with neither a number nor a word"],
    ["a close without a code", ["close {}"], "Not a frame of ropeway.1: close, member code"],
    [
      "a stream of no kind",
      ['stream {"stream":1,"name":"a"}'],
      "Not a frame of ropeway.1: stream, member kind",
    ],
    [
      "a stream named twice",
      [1, 2].map((stream) => `stream {"stream":${stream},"name":"a","kind":"reliable","priority":"bulk"}`),
      "Stream 2 is named already",
    ],
    [
      "more streams than streamsMax",
      [1, 2, 3].map(
        (stream) => `stream {"stream":${stream},"name":"s${stream}","kind":"reliable","priority":"bulk"}`,
      ),
      "Stream 3 is one of more than 2",
    ],
  ])("by %s", async (_, frames, words) => {
    await using place = await serve({ sessions: { streamsMax: 2 } });
    const { peer } = await SessionPeer.opened(place.url);
    for (const frame of frames) peer.send(frame);
    const end = await peer.expectEnd();
    expect(end).toMatchObject({ code: 3503, closeCode: 3503 });
    expect(end["reason"]).toContain(words);
    await expect.poll(() => place.journal.at(-1)).toBe("close 3503 not clean");
    expect(place.app.sessions.size).toBe(0);
  });

  test("by a message that is too long: 3504", async () => {
    await using place = await serve({ sessions: { messageBytesMax: 1_000 } });
    const { peer } = await SessionPeer.opened(place.url);
    peer.send(`1@0/1001:${"a".repeat(500)}`);
    expect(await peer.expectEnd()).toMatchObject({
      code: 3504,
      reason: "A message has 1001 bytes, the limit is 1000",
      closeCode: 3504,
    });
  });

  test.each([
    [{ windowMessages: 2 }, ["1:a", "2:b", "3:c"], "Stream 0 may send up to 2 messages, got 3"],
    [{ windowBytes: 10 }, ["1:12345", "2:67890", "3:x"], "Stream 0 may send up to 10 bytes, got 11"],
  ])("by more than the credit of %j", async (sessions, frames, reason) => {
    await using place = await serve({ sessions }, (socket) => {
      socket.onmessage = () => new Promise(() => {});
    });
    const { peer } = await SessionPeer.opened(place.url);
    for (const frame of frames) peer.send(frame);
    expect(await peer.expectEnd()).toMatchObject({ code: 3503, reason });
  });

  test("by a resume that claims what was never sent", async () => {
    await using place = await serve();
    const { peer, opened } = await SessionPeer.opened(place.url);
    const { session, secret } = opened;
    using next = await SessionPeer.greeted(place.url);
    next.say("resume", {
      session,
      secret,
      linkEpoch: 2,
      streams: [positionOf({ have: 5, started: 5, done: 5 })],
    });
    const end = await next.expectEnd();
    expect(end).toMatchObject({ code: 3503, closeCode: 3503 });
    expect(end["reason"]).toContain("Stream 0 cannot be acknowledged so: ");
    peer.cut();
  });

  test("by a handler that never settles: 3506", async () => {
    await using place = await serve({ sessions: { handlerTimeoutMs: 30 } }, (socket) => {
      socket.onmessage = () => new Promise(() => {});
    });
    const { peer } = await SessionPeer.opened(place.url);
    peer.send("1:one");
    expect(await peer.expectEnd()).toMatchObject({ code: 3506, reason: "A handler did not settle in 30 ms" });
  });

  test("is none by what came before, or by members that nobody knows", async () => {
    await using place = await serve();
    const { peer } = await SessionPeer.opened(place.url, { future: { any: "thing" } });
    for (const frame of ["1:one", "1:one", "1@0/3:one", "2:two", "ping 7"]) peer.send(frame);
    expect([await peer.nextMessage(), await peer.nextMessage()]).toEqual(["1:one", "2:two"]);
    await expect.poll(() => place.journal).toEqual(["message one", "message two"]);
    peer.cut();
  });
});
