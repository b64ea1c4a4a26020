import { expect, test } from "vitest";
import { openPair } from "../raw-peer/open-pair.ts";
import { expectFailure } from "./expect-failure.ts";

const frames: [what: string, opcode: number][] = [
  ["text", 1],
  ["binary", 2],
  ["Close", 8],
  ["Ping", 9],
  ["Pong", 10],
];

/** Every kind of frame that an application can cause, as the engine sends them. */
async function sendEveryKind(role: "client" | "server") {
  await using pair = await openPair(role);
  const { connection } = pair.engine;
  connection.send("text");
  connection.send(new Uint8Array(300));
  connection.ping("ping");
  pair.peer.send({ opcode: 9, payload: "answer me" });
  const sent = await pair.peer.readFrames(4);
  connection.close(1000, "bye");
  sent.push(await pair.peer.readFrame());
  expect(new Set(sent.map(({ opcode }) => opcode))).toEqual(new Set([1, 2, 8, 9, 10]));
  return sent;
}

test("[6455-5.1-1 client] [6455-6.1-7 client] [6455-5.5.1-3 client] a client masks every frame", async () => {
  for (const frame of await sendEveryKind("client")) expect(frame.mask).toHaveLength(4);
});

test("[6455-5.1-3 server] a server masks no frame", async () => {
  for (const frame of await sendEveryKind("server")) expect(frame.mask).toBeUndefined();
});

test.each(frames)(
  "[6455-5.1-2 server] a %s frame without a mask is answered with 1002",
  async (_what, opcode) => {
    await using pair = await openPair("server");
    pair.peer.send({ opcode, mask: false });
    await expectFailure(pair, 1002, "WS_UNMASKED_CLIENT_FRAME");
  },
);

test.each(frames)(
  "[6455-5.1-4 client] a %s frame with a mask is answered with 1002",
  async (_what, opcode) => {
    await using pair = await openPair("client");
    pair.peer.send({ opcode, mask: true });
    await expectFailure(pair, 1002, "WS_MASKED_SERVER_FRAME");
  },
);

test("[6455-5.1-2 server] a mask of zeros is a mask, too", async () => {
  await using pair = await openPair("server");
  pair.peer.send({ opcode: 1, payload: "plain", mask: new Uint8Array(4) });
  expect(await pair.engine.nextMessage()).toBe("plain");
});
