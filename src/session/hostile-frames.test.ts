import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ascii } from "../../test/pure/recorded-link.ts";
import { ClientEnd, decided, ServerEnd } from "../../test/pure/session-ends.ts";
import { openedWith, openEnd } from "../../test/pure/session-vector.ts";

const stream = '{"stream":1,"name":"a","kind":"latest","priority":"bulk"}';
const position =
  '{"stream":0,"have":1,"byteOffset":0,"bytes":1,"started":1,"done":1,"messagesMax":1024,"bytesMax":262144}';
/** One frame of each kind, and what two ends may say to each other in order. */
const valid = [
  "1:a",
  "2~1:b",
  "3@0/4:cd",
  "ack 0 1 1 1 1025 262145",
  `stream ${stream}`,
  "1.1@0/2~1:e",
  "1.1@1/2:f",
  "skip 0 3 4 expired",
  "ping 1",
  "pong 1",
  "drain {}",
  'close {"code":1000,"reason":"done"}',
  "bye {}",
  'bye {"retryAfterMs":5}',
  'end {"code":3000,"reason":"","retryAfterMs":1}',
  'end {"code":3500,"reason":"","linkEpoch":9}',
  ...openedWith.client,
  openedWith.server,
  `resume {"session":"session-1-of-22-chars0","secret":"secret-1-of-22-chars00","linkEpoch":2,"streams":[${position}]}`,
  `resumed {"secret":"s","linkEpoch":2,"streams":[${position}]}`,
  "unknown {}",
] as const;

const validFrame = fc.constantFrom(...valid);
const mutated = fc
  .tuple(
    validFrame,
    fc.nat(200),
    fc.nat(3),
    fc.constantFrom("", "0", "9", "-", "~", "@", "/", ":", "{", '"', " ", "\0"),
  )
  .map(([frame, place, length, text]) => {
    const at = place % (frame.length + 1);
    return frame.slice(0, at) + text + frame.slice(at + length);
  });
const word = fc.constantFrom(
  "ack",
  "skip",
  "ping",
  "pong",
  "stream",
  "close",
  "drain",
  "bye",
  "end",
  "open",
  "resume",
);
const json = fc.tuple(word, fc.json({ maxDepth: 2 })).map(([first, members]) => `${first} ${members}`);
const numbers = fc
  .tuple(word, fc.array(fc.oneof(fc.nat(5), fc.maxSafeNat()), { maxLength: 8 }))
  .map(([first, list]) => `${first} ${list.join(" ")}`);
const text = fc.oneof(fc.string({ unit: "binary" }), mutated, json, numbers, validFrame);
const frame = fc.oneof({ arbitrary: text, weight: 4 }, fc.uint8Array(), text.map(ascii));
const soup = fc.array(frame, { maxLength: 12 });
const validSoup = fc.array(validFrame, { maxLength: 20 });

type Frame = string | Uint8Array;
type Feed = (frames: readonly Frame[]) => Promise<void>;

/** What is so whatever came: nothing is thrown, all ends have a code of the protocol, and no memory is held for long. */
async function expectPeace(end: ClientEnd | ServerEnd, frames: readonly Frame[]): Promise<void> {
  end.session.main.send("x");
  for (const one of frames) {
    end.receive(one);
    await decided();
    end.advance(10);
  }
  const ends = end.takeEvents().filter(({ event }) => event === "close");
  expect(ends.length).toBeLessThanOrEqual(1);
  // A code of the protocol, or 1006 after an `end` of the other end.
  for (const { code } of ends)
    expect([1000, 1006].includes(Number(code)) || (Number(code) >= 3000 && Number(code) <= 3999)).toBe(true);
  expect(end.session.heldBytes).toBeLessThanOrEqual(2 * 1024 * 1024);
  for (const link of end.links) for (const sent of link.take()) expect(sent).not.toMatch(/undefined|NaN/);
}

const feeds: readonly (readonly [string, Feed])[] = [
  [
    "a server's session",
    async (frames) => {
      const server = new ServerEnd({}, { handlers: "none" });
      await openEnd(server);
      await expectPeace(server, frames);
    },
  ],
  [
    "a client's session",
    async (frames) => {
      const client = new ClientEnd();
      await openEnd(client);
      await expectPeace(client, frames);
    },
  ],
  [
    "a client's link that has no session yet",
    async (frames) => {
      const client = new ClientEnd();
      client.machine.start();
      await expectPeace(client, frames);
    },
  ],
];

describe.each(feeds)("%s", (_, feed) => {
  test("outlives any frames, or ends with a code of the protocol", async () => {
    await fc.assert(fc.asyncProperty(soup, feed), { numRuns: 1000 });
  });

  test("outlives valid frames in any order", async () => {
    await fc.assert(fc.asyncProperty(validSoup, feed), { numRuns: 1000 });
  });
});

test("a server's link that has no session yet outlives any frames", async () => {
  const feed: Feed = async (frames) => {
    const server = new ServerEnd();
    server.accept();
    for (const one of frames) server.receive(one);
    await decided();
    const { closedWith = 1000 } = server.link;
    expect(closedWith === 1000 || (closedWith >= 3000 && closedWith <= 3999)).toBe(true);
  };
  await fc.assert(fc.asyncProperty(soup, feed), { numRuns: 1000 });
});
