import { describe, expect, test } from "vitest";
import { openPair, roles } from "../raw-peer/open-pair.ts";
import { expectFailure } from "./expect-failure.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

/** What is no UTF-8 (RFC 3629 §3, §4), and the first bytes that show it. */
const invalid: [what: string, bytes: Buffer][] = [
  ["a lone continuation byte", hex("48 80 21")],
  ["an overlong slash of 2 bytes", hex("c0 af")],
  ["an overlong slash of 3 bytes", hex("e0 80 af")],
  ["an overlong slash of 4 bytes", hex("f0 80 80 af")],
  ["a surrogate", hex("ed a0 80")],
  ["a code point above U+10FFFF", hex("f4 90 80 80")],
  ["a lead byte of 5 bytes", hex("f8 88 80 80 80")],
  ["FE", hex("fe")],
  ["FF", hex("ff")],
  ["a lead byte before an ASCII byte", hex("c3 28")],
];

describe.each(roles)("a %s", (role) => {
  test.each(invalid)(
    `[6455-5.6-1 ${role}] [6455-8.1-1 ${role}] fails a text with %s`,
    async (_what, payload) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode: 1, payload });
      await expectFailure(pair, 1007, "WS_TEXT_UTF8");
      expect(pair.engine.messages).toEqual([]);
    },
  );

  test.each(invalid)(
    `[6455-8.1-1 ${role}] fails a text with %s before the message has ended`,
    async (_what, payload) => {
      await using pair = await openPair(role);
      pair.peer.send({
        opcode: 1,
        payload: Buffer.concat([Buffer.from("fine so far "), payload]),
        fin: false,
      });
      await expectFailure(pair, 1007, "WS_TEXT_UTF8");
    },
  );

  test(`[6455-8.1-1 ${role}] fails a text before its frame has ended`, async () => {
    await using pair = await openPair(role);
    const frame = pair.peer.encode({ opcode: 1, payload: Buffer.alloc(1000, 0xff) });
    pair.peer.write(frame.subarray(0, 20));
    await expectFailure(pair, 1007, "WS_TEXT_UTF8");
  });

  test.each(["c3", "e2 82", "f0 9f 9a"])(
    `[6455-5.6-1 ${role}] fails a text that ends inside a character: %s`,
    async (bytes) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode: 1, payload: hex(bytes) });
      await expectFailure(pair, 1007, "WS_TEXT_UTF8");
    },
  );

  test(`[6455-5.6-1 ${role}] takes a text whose frames end inside a character`, async () => {
    await using pair = await openPair(role);
    const text = "\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}\ufeff";
    const bytes = Buffer.from(text);
    pair.peer.send(
      ...Array.from(bytes, (byte, i) => ({
        opcode: i === 0 ? 1 : 0,
        fin: i === bytes.length - 1,
        payload: Uint8Array.of(byte),
      })),
    );
    expect(await pair.engine.nextMessage()).toBe(text);
  });

  test(`[6455-5.6-1 ${role}] keeps a byte order mark that begins a text`, async () => {
    await using pair = await openPair(role);
    pair.peer.sendText("\ufeffmarked");
    expect(await pair.engine.nextMessage()).toBe("\ufeffmarked");
  });

  test(`[6455-5.6-1 ${role}] sends valid UTF-8 whatever string it is given`, async () => {
    await using pair = await openPair(role);
    pair.engine.connection.send("lone \ud800 surrogate \udc00");
    const { payload } = await pair.peer.readFrame();
    expect(new TextDecoder("utf-8", { fatal: true }).decode(payload)).toBe("lone \ufffd surrogate \ufffd");
  });

  test.each(invalid)(`[6455-8.1-1 ${role}] fails on a close reason with %s`, async (_what, bytes) => {
    await using pair = await openPair(role);
    pair.peer.sendClose(1000, bytes);
    await expectFailure(pair, 1007, "WS_CLOSE_REASON_UTF8");
  });

  test(`takes any bytes as binary`, async () => {
    await using pair = await openPair(role);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    pair.peer.send({ opcode: 2, payload: bytes });
    expect(await pair.engine.nextMessage()).toEqual(bytes);
  });
});
