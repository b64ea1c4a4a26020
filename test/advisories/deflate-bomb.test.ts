/** undici CVE-2026-1526, CVE-2026-85024; centrifugo CVE-2026-62963: bombs, and garbage behind them. */
import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { deflate } from "../raw-peer/deflate.ts";
import { openPair, type Pair, roles } from "../raw-peer/open-pair.ts";

const mebibyte = 1024 * 1024;
const timeout = 30_000;

/** Inflates to as many MiB of zeros; about a thousandth of that in size. Each block stands for itself. */
function bomb(mebibytes: number): Buffer {
  const block = deflateRawSync(Buffer.alloc(mebibyte), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  return Buffer.concat(Array.from({ length: mebibytes }, () => block)).subarray(0, -4);
}

function openCompressed(role: "client" | "server", maxPayload = mebibyte): Promise<Pair> {
  return openPair(role, {
    options: {
      maxPayload,
      perMessageDeflate: { serverNoContextTakeover: false, clientNoContextTakeover: false },
    },
    extensions: "permessage-deflate",
  });
}

/** The most memory that the process ever had, in bytes. */
const peakBytes = () => process.resourceUsage().maxRSS * 1024;

describe.each(roles)("a %s", (role) => {
  test("stops a bomb of 1 GiB while it inflates", { timeout }, async () => {
    await using pair = await openCompressed(role, 4 * mebibyte);
    const payload = bomb(1024);
    expect(payload.length).toBeLessThan(4 * mebibyte);
    const before = peakBytes();
    pair.peer.send({ opcode: 2, rsv: 4, payload });
    expect(await pair.peer.readFailure()).toBe(1009);
    expect(peakBytes() - before).toBeLessThan(96 * mebibyte);
    expect(pair.engine.errors).toMatchObject([{ code: "WS_MESSAGE_TOO_LARGE" }]);
  });

  test("stops a bomb in fragments", { timeout }, async () => {
    await using pair = await openCompressed(role);
    const payload = bomb(64);
    const half = payload.length >> 1;
    pair.peer.send(
      { opcode: 1, rsv: 4, fin: false, payload: payload.subarray(0, half) },
      { opcode: 0, payload: payload.subarray(half) },
    );
    expect(await pair.peer.readFailure()).toBe(1009);
  });

  test("keeps no more compressed bytes than a message of maxPayload can need", { timeout }, async () => {
    await using pair = await openCompressed(role, 1000);
    pair.peer.send({ opcode: 2, rsv: 4, declaredLength: 2n ** 40n });
    expect(await pair.peer.readFailure()).toBe(1009);
    await using other = await openCompressed(role, 1000);
    for (let i = 0; i < 50; i++)
      other.peer.send({
        opcode: i === 0 ? 2 : 0,
        rsv: i === 0 ? 4 : 0,
        fin: false,
        payload: Buffer.alloc(100, 0xaa),
      });
    expect(await other.peer.readFailure()).toBe(1009);
  });

  test("takes what DEFLATE makes longer, as long as it inflates to maxPayload", { timeout }, async () => {
    await using pair = await openCompressed(role, mebibyte);
    const data = randomBytes(mebibyte);
    const payload = deflate(data);
    expect(payload.length).toBeGreaterThan(mebibyte);
    pair.peer.send({ opcode: 2, rsv: 4, payload });
    expect(data.equals((await pair.engine.nextMessage()) as Buffer)).toBe(true);
  });

  test("stops a bomb of many final blocks, each within the limit", { timeout }, async () => {
    await using pair = await openCompressed(role);
    const stream = deflateRawSync(Buffer.alloc(mebibyte / 8));
    pair.peer.send({ opcode: 2, rsv: 4, payload: Buffer.concat(Array.from({ length: 20 }, () => stream)) });
    expect(await pair.peer.readFailure()).toBe(1009);
  });

  test("does not work long on very many final blocks of nothing", { timeout }, async () => {
    await using pair = await openCompressed(role);
    // Each pair of bytes is a DEFLATE stream of its own: a final block with fixed codes that ends at once.
    pair.peer.send({ opcode: 2, rsv: 4, payload: Buffer.alloc(500_000, Buffer.from([3, 0])) });
    expect(await pair.peer.readFailure()).toBe(1007);
  });

  test.each([-1, 0, 1])("draws the line at maxPayload %+i", { timeout }, async (more) => {
    await using pair = await openCompressed(role, 1000);
    const data = Buffer.alloc(1000 + more, "x");
    pair.peer.send({ opcode: 2, rsv: 4, payload: deflate(data) });
    if (more > 0) expect(await pair.peer.readFailure()).toBe(1009);
    else expect(await pair.engine.nextMessage()).toEqual(data);
  });

  test("stays up when garbage follows a bomb, in the same segment and after it", { timeout }, async () => {
    for (const garbage of [randomBytes(4096), Buffer.alloc(4096, 0xff), bomb(8), Buffer.alloc(3)]) {
      await using pair = await openCompressed(role);
      const frames = [
        pair.peer.encode({ opcode: 2, rsv: 4, payload: bomb(64) }),
        garbage,
        pair.peer.encode({ opcode: 2, rsv: 4, payload: garbage }),
      ];
      pair.peer.write(Buffer.concat(frames));
      pair.peer.write(garbage);
      expect(await pair.peer.readFailure()).toBe(1009);
      expect(pair.engine.errors).toHaveLength(1);
    }
  });

  test("stays up when garbage comes in the middle of a compressed message, with the window taken over", {
    timeout,
  }, async () => {
    await using pair = await openCompressed(role);
    pair.peer.send({ opcode: 2, rsv: 4, payload: deflate("first") });
    pair.peer.send({
      opcode: 2,
      rsv: 4,
      payload: Buffer.concat([deflate("sec").subarray(0, 3), randomBytes(500)]),
    });
    pair.peer.send({ opcode: 2, rsv: 4, payload: deflate("third") });
    expect(await pair.engine.nextMessage()).toEqual(Buffer.from("first"));
    expect(await pair.peer.readFailure()).toBe(1007);
  });
});

/** Each way in which the engine gives a connection up, with compressed data in both directions under way. */
const aborts: [what: string, abort: (pair: Pair) => void][] = [
  ["terminate", ({ engine }) => engine.connection.terminate()],
  ["a close that is never answered", ({ engine }) => engine.connection.close(1000)],
  ["a broken rule", ({ peer }) => peer.send({ opcode: 3 })],
  ["a bomb", ({ peer }) => peer.send({ opcode: 2, rsv: 4, payload: bomb(8) })],
  ["broken data", ({ peer }) => peer.send({ opcode: 2, rsv: 4, payload: Buffer.alloc(9, 0xff) })],
  ["the peer's end", ({ peer }) => peer.end()],
];

describe.each(roles)("a %s", (role) => {
  test.each(aborts)("takes a reset after %s without a stir", { timeout }, async (_what, abort) => {
    await using pair = await openPair(role, {
      options: { closeTimeout: 100, maxPayload: mebibyte, perMessageDeflate: { threshold: 0 } },
      extensions: "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    });
    for (let i = 0; i < 50; i++) pair.engine.connection.send(randomBytes(20_000));
    pair.peer.send({ opcode: 2, rsv: 4, fin: false, payload: deflate("unfinished") });
    abort(pair);
    await new Promise((resolve) => setImmediate(resolve));
    pair.peer.stream.socket.resetAndDestroy();
    // What no one handles would end the run: the test process reports it as a failure.
    expect(await pair.engine.closed).toMatchObject({ wasClean: false });
  });
});
