import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRandom } from "../../src/testing/index.ts";
import type { FaultKind } from "./cutting-proxy.ts";
import { type FaultPlan, FaultPlayer } from "./fault-player.ts";
import { exchange, listen, type ProxiedServer } from "./proxied-line.ts";

/** A fault at each message, on one connection. */
function plan(weights: FaultPlan["weights"], options: Partial<FaultPlan> = {}): FaultPlan {
  return { random: createRandom(1), weights, meanMessages: 1e-9, allChance: 0, ...options };
}

const everyKind = { reset: 1, freeze: 1, halfClose: 1, delay: 1, refuse: 1, hold: 1 };

// Freezes and outages last as long as the test says.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

async function playMessages(server: ProxiedServer, options: FaultPlan, count: number): Promise<FaultKind[]> {
  const player = server.proxy.play(options);
  for (let i = 0; i < count; i++) {
    if (server.proxy.connections.length === 0) {
      await server.proxy.online();
      await server.openLine();
    }
    player.countMessage();
  }
  return player.played;
}

describe("a plan", () => {
  test("plays the same faults for the same seed, and others for another", async () => {
    await using server = await listen();
    const play = (seed: number): Promise<FaultKind[]> =>
      playMessages(server, plan(everyKind, { random: createRandom(seed) }), 40);
    const [one, again, other] = [await play(1), await play(1), await play(2)];
    expect(one.length).toBeGreaterThan(20);
    expect(again.slice(0, 20)).toEqual(one.slice(0, 20));
    expect(other.slice(0, 20)).not.toEqual(one.slice(0, 20));
  });

  test("plays kinds in proportion to their weights, and no more than so many", async () => {
    await using server = await listen();
    const played = await playMessages(server, plan({ delay: 3, halfClose: 1 }, { faultsMax: 1000 }), 1500);
    expect(played).toHaveLength(1000);
    expect(Math.abs(played.filter((kind) => kind === "delay").length - 750)).toBeLessThan(50);
    expect(server.proxy.counts).toMatchObject({ reset: 0, freeze: 0, refuse: 0, hold: 0 });
  });

  test("leaves so many messages between faults, on average", async () => {
    await using server = await listen();
    const played = await playMessages(server, plan({ delay: 1 }, { meanMessages: 20 }), 20_000);
    expect(Math.abs(played.length - 1000)).toBeLessThan(100);
  });

  test("leaves so many bytes between faults, on average", async () => {
    const options = { delayMsMax: 0, meanMessages: undefined, meanBytes: 200 };
    await using server = await listen(plan({ delay: 1 }, options));
    const { client, target } = await server.openLine();
    client.socket.end(Buffer.alloc(200_000));
    await target.untilEnded();
    expect(target.receivedBytes).toBe(200_000);
    expect(Math.abs(server.proxy.counts.delay - 1000)).toBeLessThan(150);
  });

  test("cuts after the same byte for the same seed", async () => {
    const cutAt = async (seed: number): Promise<number> => {
      const random = createRandom(seed);
      await using server = await listen(plan({ reset: 1 }, { random, meanBytes: 5000, faultsMax: 1 }));
      const { client, target, connection } = await server.openLine();
      client.socket.write(Buffer.alloc(100_000));
      await Promise.race([client.untilReset(), target.untilReset()]);
      return connection.forwardedBytes("up");
    };
    const [one, again, other] = [await cutAt(3), await cutAt(3), await cutAt(4)];
    expect([again, other === one]).toEqual([one, false]);
  });

  test.each([
    { what: "without weights", options: plan({}) },
    { what: "whose weights are no numbers", options: plan({ reset: Number.NaN }) },
    { what: "without a mean", options: plan({ reset: 1 }, { meanMessages: undefined }) },
  ])("is refused $what", async ({ options }) => {
    await using server = await listen();
    expect(() => new FaultPlayer(server.proxy, options)).toThrow(RangeError);
  });
});

/** How a freeze of the player ended, and what has arrived of what was written during it. */
async function freezeOutcome(seed: number): Promise<string> {
  await using server = await listen();
  const { client, target, connection } = await server.openLine();
  server.proxy.play(plan({ freeze: 1 }, { random: createRandom(seed) })).countMessage();
  connection.freeze({ directions: "up" });
  client.socket.write("held up");
  const other = await server.openLine();
  await exchange(other);
  vi.advanceTimersByTime(50);
  const isReleased = connection.isForwarding;
  connection.release();
  await exchange(other);
  return `${isReleased ? "released" : "abandoned"}: ${target.received}`;
}

describe("a fault", () => {
  test("strikes one connection, or all of them", async () => {
    await using server = await listen();
    for (let i = 0; i < 4; i++) await server.openLine();
    server.proxy.play(plan({ delay: 1 })).countMessage();
    expect(server.proxy.counts.delay).toBe(1);
    server.proxy.play(plan({ delay: 1 }, { allChance: 1 })).countMessage();
    expect(server.proxy.counts.delay).toBe(5);
  });

  test("waits for a connection", async () => {
    await using server = await listen();
    const player = server.proxy.play(plan({ reset: 1 }));
    player.countMessage();
    expect(player.played).toEqual([]);
    await server.openLine();
    player.countMessage();
    expect(player.played).toEqual(["reset"]);
  });

  test("does not come any more when the player has ended", async () => {
    await using server = await listen();
    await server.openLine();
    const player = server.proxy.play(plan({ reset: 1 }));
    player[Symbol.dispose]();
    player.countMessage();
    expect(player.played).toEqual([]);
  });

  test("that freezes is released in time, or the connection is abandoned", async () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 10; seed++) outcomes.add(await freezeOutcome(seed));
    expect(outcomes).toEqual(new Set(["abandoned: ", "released: held up"]));
  });

  test("that refuses cuts the connection, and takes new ones again in time", async () => {
    await using server = await listen();
    const { client } = await server.openLine();
    server.proxy.play(plan({ refuse: 1 })).countMessage();
    expect(await client.untilEnded()).toBe("reset");
    await expect(server.call()).rejects.toMatchObject({ code: "ECONNREFUSED" });
    vi.advanceTimersByTime(50);
    await server.proxy.online();
    await exchange(await server.openLine());
  });

  test("that holds cuts the connection, and forwards new ones again in time", async () => {
    await using server = await listen();
    const { client } = await server.openLine();
    server.proxy.play(plan({ hold: 1 })).countMessage();
    expect(await client.untilEnded()).toBe("reset");
    const held = await server.call();
    vi.advanceTimersByTime(50);
    await exchange(await server.openLine());
    expect(held.seen).toBe("open");
  });
});
