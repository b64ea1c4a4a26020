/** ws CVE-2026-45736: uninitialised memory sent because of an argument's type. What goes out comes from what came in. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openPair, roles } from "../raw-peer/open-pair.ts";

const timeout = 60_000;

/** What is not text, bytes or a Blob: numbers and lengths above all. */
const oddities: unknown[] = [
  0,
  1,
  100,
  65_536,
  -1,
  Number.NaN,
  2n ** 40n,
  true,
  null,
  undefined,
  {},
  { length: 1000 },
  { byteLength: 1000 },
  { type: "Buffer", data: [1, 2, 3] },
  [1, 2, 3],
  Array.from({ length: 1000 }),
  () => "x",
  new Date(0),
  new Map([["length", 1000]]),
];

/** Anything that a program could pass, odd objects and views into larger buffers among it. */
const anything = fc.oneof(
  fc.constantFrom(...oddities),
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withTypedArray: true,
    withSparseArray: true,
  }),
  fc
    .tuple(fc.uint8Array({ minLength: 20, maxLength: 60 }), fc.nat(9), fc.nat(9))
    .map(([bytes, from, to]) => bytes.subarray(from, bytes.length - to)),
);

/** The bytes that `send` makes of a value (Web IDL's union of BufferSource and USVString); undefined if it throws. */
function sentBytes(value: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  try {
    return Buffer.from(String(value));
  } catch {
    return undefined;
  }
}

describe.each(roles)("a %s", (role) => {
  test("sends of any argument its bytes or its text, and nothing else", { timeout }, async () => {
    await using pair = await openPair(role);
    const property = fc.asyncProperty(anything, async (value) => {
      const expected = sentBytes(value);
      if (expected === undefined) {
        expect(() => pair.engine.connection.send(value as string)).toThrow(TypeError);
        return;
      }
      pair.engine.connection.send(value as string);
      const { payload, opcode } = await pair.peer.readFrame();
      expect(opcode).toBe(ArrayBuffer.isView(value) ? 2 : 1);
      expect(payload.equals(expected)).toBe(true);
    });
    await fc.assert(property, { numRuns: 2000 });
  });

  test("pings with text and bytes only, and refuses any other argument", { timeout }, async () => {
    await using pair = await openPair(role);
    const property = fc.asyncProperty(anything, async (value) => {
      const isData = typeof value === "string" || ArrayBuffer.isView(value) || value === undefined;
      const bytes = value === undefined ? Buffer.alloc(0) : sentBytes(value);
      if (!isData || bytes === undefined || bytes.length > 125) {
        expect(() => pair.engine.connection.ping(value as string)).toThrow("A ping carries");
        return;
      }
      pair.engine.connection.ping(value);
      const { payload, opcode } = await pair.peer.readFrame();
      expect([opcode, payload.equals(bytes)]).toEqual([9, true]);
    });
    await fc.assert(property, { numRuns: 1000 });
  });

  test.each<[code: unknown, reason: unknown, sent: string]>([
    [1000, 5, "5"],
    [1000, { length: 100 }, "[object Object]"],
    [1000, [1, 2, 3], "1,2,3"],
    [1000, Buffer.from("bytes"), "bytes"],
    [1000, Uint8Array.of(65, 66), "65,66"],
    [1000, null, "null"],
    [1000, undefined, ""],
    ["1000", "a string code", "a string code"],
    [3000.5, "a fraction", "a fraction"],
    [[4000], "\ud800", "\ufffd"],
  ])("closes with code %j and reason %j as Web IDL reads them", async (code, reason, sent) => {
    await using pair = await openPair(role);
    pair.engine.connection.close(code as number, reason as string);
    const closed = await pair.peer.readClose();
    expect(closed.reason).toBe(sent);
    expect([1000, 3000, 4000]).toContain(closed.code);
  });

  test.each([
    5,
    999,
    1005,
    1006,
    1015,
    2999,
    5000,
    -1,
    65_536 + 1000,
    Number.NaN,
    Infinity,
    "x",
    {},
    null,
    true,
  ])("refuses to close with the code %j and sends nothing", async (code) => {
    await using pair = await openPair(role);
    expect(() => pair.engine.connection.close(code as number)).toThrow(
      expect.objectContaining({ name: "InvalidAccessError" }),
    );
    pair.engine.connection.send("still open");
    expect((await pair.peer.readFrame()).payload.toString()).toBe("still open");
  });

  test.each(["x".repeat(124), "\u00e4".repeat(62), { toString: () => "y".repeat(200) }])(
    "refuses a reason of more than 123 bytes",
    async (reason) => {
      await using pair = await openPair(role);
      expect(() => pair.engine.connection.close(1000, reason as string)).toThrow(
        expect.objectContaining({ name: "SyntaxError" }),
      );
    },
  );
});
