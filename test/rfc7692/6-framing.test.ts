import { describe, expect, test } from "vitest";
import { deflate, inflate } from "../raw-peer/deflate.ts";
import { roles } from "../raw-peer/open-pair.ts";
import { expectFailure } from "../rfc6455/expect-failure.ts";
import { noTakeover, openDeflatePair } from "./deflate-pair.ts";

const text = "Ropeways carry cabins both ways; ropeways carry cabins both ways.";

describe.each(roles)("a %s with permessage-deflate", (role) => {
  test(`[7692-6.1-1 ${role}] sends a message as compressed payload with RSV1 on its first frame`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    pair.engine.connection.send(text.repeat(50));
    const first = await pair.peer.readFrame();
    const parts = [first];
    while (!parts.at(-1)!.fin) parts.push(await pair.peer.readFrame());
    expect([first.opcode, first.rsv]).toEqual([1, 4]);
    const payload = Buffer.concat(parts.map((part) => part.payload));
    expect(payload.length).toBeLessThan(text.length * 10);
    expect(inflate(payload).toString()).toBe(text.repeat(50));
  });

  test(`[7692-6.1-1 ${role}] keeps the opcode of the message`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    pair.engine.connection.send(Buffer.from(text.repeat(4)));
    const frame = await pair.peer.readFrame();
    expect([frame.opcode, frame.rsv, inflate(frame.payload).toString()]).toEqual([2, 4, text.repeat(4)]);
  });

  test(`[7692-6.1-2 ${role}] sends a message below the threshold as it is, with RSV1 clear`, async () => {
    await using pair = await openDeflatePair(role, noTakeover, { threshold: 100 });
    pair.engine.connection.send(text);
    const frame = await pair.peer.readFrame();
    expect([frame.rsv, frame.payload.toString()]).toEqual([0, text]);
  });

  test(`[7692-6.1-3 ${role}] sends control frames uncompressed with RSV1 clear`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    const data = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    pair.engine.connection.ping(data);
    pair.peer.send({ opcode: 9, payload: data });
    const frames = await pair.peer.readFrames(2);
    pair.engine.connection.close(1000, data);
    frames.push(await pair.peer.readFrame());
    for (const frame of frames) {
      expect(frame.rsv).toBe(0);
      expect(frame.payload.toString()).toContain(data);
    }
  });

  test(`[7692-6.1-4 ${role}] sets RSV1 on no frame after the first of a message`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    const large = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * i * 31) >> 7));
    pair.engine.connection.send(large);
    pair.engine.connection.send("the end");
    const frames = [await pair.peer.readFrame()];
    while (frames.filter(({ fin }) => fin).length < 2) frames.push(await pair.peer.readFrame());
    const isLater = (i: number) => frames[i - 1]?.fin === false;
    expect(frames.filter(({ rsv }, i) => rsv !== (isLater(i) ? 0 : 4))).toEqual([]);
  });

  test.each([8, 9, 10])(
    `[7692-6.1-5 ${role}] fails on a control frame (opcode %i) with RSV1`,
    async (opcode) => {
      await using pair = await openDeflatePair(role, noTakeover);
      pair.peer.send({ opcode, rsv: 4 });
      await expectFailure(pair, 1002, "WS_RESERVED_BITS");
    },
  );

  test.each([4, 0])(
    `[7692-6.1-5 ${role}] fails on RSV1 in a later fragment of a message whose first has RSV bits %i`,
    async (rsv) => {
      await using pair = await openDeflatePair(role, noTakeover);
      const payload = rsv === 4 ? deflate(text).subarray(0, 5) : "plain";
      pair.peer.send({ opcode: 1, rsv, payload, fin: false }, { opcode: 0, rsv: 4, payload: "x" });
      await expectFailure(pair, 1002, "WS_RESERVED_BITS");
    },
  );

  test.each([2, 1, 6, 5, 7])(
    `[7692-6.1-5 ${role}] fails on reserved bits %i, of which the extension defines RSV1 alone`,
    async (rsv) => {
      await using pair = await openDeflatePair(role, noTakeover);
      pair.peer.send({ opcode: 1, rsv, payload: deflate(text) });
      await expectFailure(pair, 1002, "WS_RESERVED_BITS");
    },
  );

  test(`[7692-6.2-1 ${role}] inflates the frames of a compressed message together, wherever they are cut`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    const payload = deflate(text);
    for (let at = 0; at <= payload.length; at++) {
      pair.peer.send(
        { opcode: 1, rsv: 4, fin: false, payload: payload.subarray(0, at) },
        { opcode: 9 },
        { opcode: 0, payload: payload.subarray(at) },
      );
    }
    expect(new Set(await pair.engine.nextMessages(payload.length + 1))).toEqual(new Set([text]));
  });

  test(`[7692-6.2-1 ${role}] checks a text for UTF-8 once it is inflated, not before`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    pair.peer.send({ opcode: 1, rsv: 4, payload: deflate("\u00e4\u{1f6a1}") });
    expect(await pair.engine.nextMessage()).toBe("\u00e4\u{1f6a1}");
    pair.peer.send({ opcode: 1, rsv: 4, payload: deflate(Uint8Array.of(0x68, 0xff)) });
    await expectFailure(pair, 1007, "WS_TEXT_UTF8");
  });

  test(`[7692-6.2-1 ${role}] fails on a payload that is no DEFLATE data`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    pair.peer.send({ opcode: 2, rsv: 4, payload: Uint8Array.of(0xff, 0xff, 0xff) });
    await expectFailure(pair, 1007, "WS_DEFLATE_DATA");
  });

  test(`[7692-6.2-2 ${role}] delivers uncompressed messages as they are, among compressed ones`, async () => {
    await using pair = await openDeflatePair(role, noTakeover);
    const payload = deflate(text);
    pair.peer.send(
      { opcode: 2, payload },
      { opcode: 1, rsv: 4, payload },
      { opcode: 1, payload: "pl", fin: false },
      { opcode: 0, payload: "ain" },
    );
    expect(await pair.engine.nextMessages(3)).toEqual([payload, text, "plain"]);
  });
});
