/** undici CVE-2026-1528, Tomcat CVE-2020-13935: 64-bit lengths that overflow, are negative, or are believed. */
import { describe, expect, test } from "vitest";
import { openPair, type Pair, roles } from "../raw-peer/open-pair.ts";
import { retainedBytes } from "./memory.ts";

const mebibyte = 1024 * 1024;

const lengths: [declared: bigint, closeCode: number][] = [
  [2n ** 31n - 1n, 1009],
  [2n ** 31n, 1009],
  [2n ** 32n - 1n, 1009],
  [2n ** 32n, 1009],
  [2n ** 32n + 5n, 1009],
  [2n ** 53n - 1n, 1009],
  [2n ** 53n, 1009],
  [2n ** 53n + 1n, 1009],
  [2n ** 63n - 1n, 1009],
  [2n ** 63n, 1002],
  [-1n, 1002],
  [-5n, 1002],
];

describe.each(roles)("a %s", (role) => {
  test.each(lengths)("answers a frame that declares %s bytes with %i", async (declaredLength, closeCode) => {
    await using pair = await openPair(role);
    pair.peer.send({ opcode: 2, lengthBits: 64, declaredLength, payload: "a few" });
    expect(await pair.peer.readFailure()).toBe(closeCode);
    expect(pair.engine.messages).toEqual([]);
  });

  test.each(lengths)(
    "answers a later fragment that declares %s bytes with %i",
    async (declaredLength, closeCode) => {
      await using pair = await openPair(role);
      pair.peer.send({ opcode: 2, fin: false, payload: "x" }, { opcode: 0, lengthBits: 64, declaredLength });
      expect(await pair.peer.readFailure()).toBe(closeCode);
    },
  );

  test("allocates nothing for a length without limits that is only declared", async () => {
    await using pair = await openPair(role, { options: { maxPayload: Infinity } });
    const before = retainedBytes();
    pair.peer.send({ opcode: 2, declaredLength: 2n ** 50n, payload: Buffer.alloc(100) });
    pair.peer.write(Buffer.alloc(100));
    await new Promise((resolve) => pair.peer.stream.socket.write(Buffer.alloc(100), resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(retainedBytes() - before).toBeLessThan(mebibyte);
    expect(pair.engine.errors).toEqual([]);
  });

  test("allocates nothing for 100 messages of 16 MiB that have only begun", async () => {
    const pairs: Pair[] = [];
    await using _all = {
      [Symbol.asyncDispose]: async () =>
        void (await Promise.all(pairs.map((pair) => pair[Symbol.asyncDispose]()))),
    };
    while (pairs.length < 100) pairs.push(await openPair(role));
    const before = retainedBytes();
    for (const { peer } of pairs) {
      // The Ping is answered once the first fragment has been taken in.
      peer.send(
        { opcode: 2, fin: false, payload: "begun" },
        { opcode: 9 },
        { opcode: 0, declaredLength: 16n * 2n ** 20n - 5n },
      );
    }
    await Promise.all(pairs.map(({ peer }) => peer.readFrame()));
    expect(retainedBytes() - before).toBeLessThan(4 * mebibyte);
  });
});
