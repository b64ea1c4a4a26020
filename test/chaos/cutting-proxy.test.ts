import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CuttingProxy } from "./cutting-proxy.ts";
import type { Direction } from "./direction.ts";
import { LINGER_MS } from "./proxied-connection.ts";
import { exchange, listen, type ProxiedLine, type ProxiedServer } from "./proxied-line.ts";

const bothDirections: readonly Direction[] = ["up", "down"];

/** The ends of a line, the one that sends in a direction first. */
function endsOf({ client, target }: ProxiedLine, direction: Direction) {
  return direction === "up"
    ? ({ from: client, to: target } as const)
    : ({ from: target, to: client } as const);
}

/** Exchanges on a line of its own until the value has not changed for a while. */
async function exchangeUntilSteady(server: ProxiedServer, value: () => number): Promise<void> {
  const line = await server.openLine();
  let last = Number.NaN;
  for (let same = 0; same < 50; same++) {
    await exchange(line);
    if (value() !== last) same = 0;
    last = value();
  }
}

afterEach(() => void vi.useRealTimers());

describe("without a fault", () => {
  test("bytes go both ways, and are counted", async () => {
    await using server = await listen();
    const line = await server.openLine();
    await exchange(line);
    expect([line.target.received, line.client.received]).toEqual(["there", "back"]);
    expect(bothDirections.map((each) => line.connection.forwardedBytes(each))).toEqual([5, 4]);
  });

  test.each(bothDirections)("an end is passed on, and the other direction goes on: %s", async (direction) => {
    await using server = await listen();
    const line = await server.openLine();
    const { from, to } = endsOf(line, direction);
    from.socket.end("last");
    expect(await to.firstBytes(4)).toBe("last");
    expect(await to.untilEnded()).toBe("end");
    to.socket.end("answer");
    expect([await from.firstBytes(6), await from.untilEnded()]).toEqual(["answer", "end"]);
    await line.connection.closed;
    expect(server.proxy.connections.length).toBe(0);
  });

  test.each(bothDirections)("a reset is passed on: %s", async (direction) => {
    await using server = await listen();
    const line = await server.openLine();
    const { from, to } = endsOf(line, direction);
    from.socket.resetAndDestroy();
    expect(await to.untilEnded()).toBe("reset");
    await line.connection.closed;
  });

  test.each(bothDirections)("who does not read makes the sender wait: %s", async (direction) => {
    await using server = await listen();
    const line = await server.openLine();
    const { from, to } = endsOf(line, direction);
    to.socket.pause();
    const bytes = 64 * 1024 * 1024;
    from.socket.write(Buffer.alloc(bytes));
    await exchangeUntilSteady(server, () => line.connection.forwardedBytes(direction));
    expect(line.connection.forwardedBytes(direction)).toBeLessThan(bytes / 2);
    to.socket.removeAllListeners("data").resume();
    await once(from.socket, "drain");
    expect(line.connection.forwardedBytes(direction)).toBeGreaterThan(bytes / 2);
  });

  test("a target that refuses resets the client", async () => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await listen());
    await server.proxy.refuse();
    const proxy = stack.use(await CuttingProxy.listen({ targetPort: server.proxy.port }));
    const client = connect(proxy.port, "127.0.0.1");
    const [error] = (await once(client, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNRESET");
  });
});

describe("a reset", () => {
  test("is seen at both ends", async () => {
    await using server = await listen();
    const { client, target, connection } = await server.openLine();
    connection.reset();
    expect([await client.untilEnded(), await target.untilEnded()]).toEqual(["reset", "reset"]);
    await connection.closed;
    expect(server.proxy.counts.reset).toBe(1);
  });

  test.each(["client", "target"] as const)(
    "can be seen by one end alone, until a while after the other has closed: %s",
    async (side) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      await using server = await listen();
      const line = await server.openLine();
      line.connection.reset({ sides: side });
      expect(await line[side].untilEnded()).toBe("reset");
      const other = line[side === "client" ? "target" : "client"];
      other.socket.end("anybody there?");
      await exchange(await server.openLine());
      expect([other.seen, line.connection.forwardedBytes("up")]).toEqual(["open", 0]);
      vi.advanceTimersByTime(LINGER_MS);
      vi.useRealTimers();
      await line.connection.closed;
    },
  );

  test.each(bothDirections)("comes after exactly so many bytes: %s", async (direction) => {
    await using server = await listen();
    const line = await server.openLine();
    const { from, to } = endsOf(line, direction);
    line.connection.reset({ afterBytes: 7, counting: direction });
    from.socket.write("0123456789");
    await to.untilReset();
    expect(to.received).toBe("0123456");
    expect(await from.untilEnded()).toBe("reset");
  });

  test("right after a half-close still ends the connection", async () => {
    await using server = await listen();
    const { client, target, connection } = await server.openLine();
    connection.halfClose("down");
    connection.reset();
    expect([await client.untilEnded(), await target.untilEnded()]).toEqual(["end", "reset"]);
    await connection.closed;
  });

  test("of all connections comes when so many bytes have gone through all of them", async () => {
    await using server = await listen();
    const [one, other] = [await server.openLine(), await server.openLine()];
    server.proxy.reset({ afterBytes: 12 });
    await exchange(one);
    other.client.socket.write("01234");
    await Promise.all(
      [one, other].flatMap(({ client, target }) => [client.untilReset(), target.untilReset()]),
    );
    expect(other.target.received).toBe("012");
    expect(server.proxy.counts.reset).toBe(2);
  });
});

describe("a freeze", () => {
  test("stops bytes, ends and resets, and shows no close", async () => {
    await using server = await listen();
    const [ending, resetting] = [await server.openLine(), await server.openLine()];
    server.proxy.freeze();
    ending.client.socket.end("unheard");
    resetting.client.socket.resetAndDestroy();
    await exchange(await server.openLine());
    for (const { target } of [ending, resetting])
      expect([target.seen, target.receivedBytes]).toEqual(["open", 0]);
    expect(server.proxy.counts.freeze).toBe(2);
  });

  test("lets everything through when it is released", async () => {
    await using server = await listen();
    const line = await server.openLine();
    line.connection.freeze();
    line.client.socket.end("held up");
    line.target.socket.write("here as well");
    await exchange(await server.openLine());
    line.connection.release();
    expect([await line.target.firstBytes(7), await line.client.firstBytes(12)]).toEqual([
      "held up",
      "here as well",
    ]);
    expect(await line.target.untilEnded()).toBe("end");
  });

  test.each(bothDirections)("of one direction leaves the other: %s", async (direction) => {
    await using server = await listen();
    const line = await server.openLine();
    const { from, to } = endsOf(line, direction);
    line.connection.freeze({ directions: direction });
    from.socket.write("unheard");
    to.socket.write("heard");
    expect(await from.firstBytes(5)).toBe("heard");
    expect(to.receivedBytes).toBe(0);
    server.proxy.release(direction);
    expect(await to.firstBytes(7)).toBe("unheard");
  });

  test("comes after exactly so many bytes, and holds the rest", async () => {
    await using server = await listen();
    const { client, target, connection } = await server.openLine();
    server.proxy.freeze({ afterBytes: 3 });
    client.socket.write("012345");
    await target.firstBytes(3);
    await exchange(await server.openLine());
    expect(target.received).toBe("012");
    connection.release();
    expect(await target.firstBytes(6)).toBe("012345");
  });

  test("makes the sender wait", async () => {
    await using server = await listen();
    const { client, connection } = await server.openLine();
    connection.freeze();
    const bytes = 64 * 1024 * 1024;
    client.socket.write(Buffer.alloc(bytes));
    await exchangeUntilSteady(server, () => client.socket.bytesWritten - client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    connection.release();
    await once(client.socket, "drain");
  });

  test("that is abandoned forwards nothing ever, and shows no close until a while after an end has closed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await using server = await listen();
    const { client, target, connection } = await server.openLine();
    server.proxy.freeze();
    server.proxy.abandon();
    connection.release();
    target.socket.write("into the void");
    client.socket.end("into the void");
    await exchange(await server.openLine());
    expect([client.seen, client.receivedBytes]).toEqual(["open", 0]);
    vi.advanceTimersByTime(LINGER_MS);
    vi.useRealTimers();
    expect([await client.untilEnded(), target.seen, target.receivedBytes]).toEqual(["end", "open", 0]);
  });
});

describe("a half-close", () => {
  test.each(bothDirections)("ends one direction and leaves the other: %s", async (direction) => {
    await using server = await listen();
    const line = await server.openLine();
    const { from, to } = endsOf(line, direction);
    server.proxy.halfClose(direction);
    expect(await to.untilEnded()).toBe("end");
    from.socket.write("too late");
    to.socket.end("and back");
    expect([await from.firstBytes(8), await from.untilEnded()]).toEqual(["and back", "end"]);
    expect(to.receivedBytes).toBe(0);
    expect(server.proxy.counts.halfClose).toBe(1);
  });

  test("comes after exactly so many bytes", async () => {
    await using server = await listen();
    const { client, target, connection } = await server.openLine();
    connection.halfClose("up", { afterBytes: 4 });
    client.socket.write("0123456");
    expect([await target.untilEnded(), target.received]).toEqual(["end", "0123"]);
  });
});

describe("a delay", () => {
  test("makes bytes later by at least so much, in one direction", async () => {
    await using server = await listen();
    const line = await server.openLine();
    server.proxy.delay(60, { directions: "down" });
    const started = performance.now();
    await exchange(line);
    expect(performance.now() - started).toBeGreaterThanOrEqual(60);
    expect(server.proxy.counts.delay).toBe(1);
  });

  test("keeps the order, also when it becomes shorter, and delays the end", async () => {
    await using server = await listen();
    const { client, target, connection } = await server.openLine();
    const started = performance.now();
    connection.delay(60);
    client.socket.write("first ");
    // The proxy reads in order, so what comes back on another connection was read after that.
    await exchange(await server.openLine());
    connection.delay(0);
    client.socket.end("second");
    expect([await target.untilEnded(), target.received]).toEqual(["end", "first second"]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(60);
  });

  test("lets as much be on its way as a long line has room for", async () => {
    await using server = await listen();
    const { client, target, connection } = await server.openLine();
    connection.delay(50);
    const bytes = 16 * 1024 * 1024;
    client.socket.end(Buffer.alloc(bytes, "x"));
    await target.untilEnded();
    expect([target.receivedBytes, target.seen]).toEqual([bytes, "end"]);
  });
});

test("a long delay makes the sender wait, too", async () => {
  await using server = await listen();
  const { client, connection } = await server.openLine();
  connection.delay(60_000);
  const bytes = 64 * 1024 * 1024;
  client.socket.write(Buffer.alloc(bytes));
  await exchangeUntilSteady(server, () => connection.bytesOnTheWay("up"));
  expect(connection.bytesOnTheWay("up")).toBeLessThan(bytes / 8);
  expect(client.socket.writableLength).toBeGreaterThan(0);
});

describe("new connections", () => {
  test("are refused while it is offline, at the same port as later again", async () => {
    await using server = await listen();
    const before = await server.openLine();
    for (let round = 0; round < 3; round++) {
      await server.proxy.offline();
      await expect(server.call()).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await server.proxy.online();
      await exchange(await server.openLine());
    }
    expect([before.client.seen, server.proxy.counts.refuse, server.proxy.accepted]).toEqual(["reset", 3, 4]);
  });

  test("are refused while those there go on", async () => {
    await using server = await listen();
    const line = await server.openLine();
    await Promise.all([server.proxy.refuse(), server.proxy.refuse()]);
    await exchange(line);
    await expect(server.call()).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(server.proxy.counts.refuse).toBe(1);
  });

  test("are accepted and never forwarded while it holds, and afterwards", async () => {
    await using server = await listen();
    server.proxy.hold();
    const held = await server.call();
    held.socket.write("anybody there?");
    await server.proxy.online();
    await exchange(await server.openLine());
    expect([held.seen, held.receivedBytes, server.proxy.held, server.proxy.accepted]).toEqual([
      "open",
      0,
      1,
      1,
    ]);
  });
});

test("a fault on a connection that is over does nothing", async () => {
  await using server = await listen();
  const { connection } = await server.openLine();
  connection.reset();
  await connection.closed;
  connection.reset();
  connection.freeze();
  connection.halfClose("up");
  connection.abandon();
  connection.release();
  expect(server.proxy.counts).toMatchObject({ reset: 1, freeze: 0, halfClose: 0 });
});
