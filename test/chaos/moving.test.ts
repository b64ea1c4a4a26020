import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { type ConnectionLine, next, openConnectionLine } from "../client/connection-line.ts";

const oneWayMs = 150;
const roundTripMs = 2 * oneWayMs;
/** For a busy machine; with it, it is still less than half a round trip more. */
const slackMs = oneWayMs - 10;

/** When links opened, and when their messages came, by `performance.now()`. */
interface Times {
  told: number;
  opened: number;
  client: number;
  server: number;
}

interface Moved extends AsyncDisposable {
  readonly line: ConnectionLine;
  readonly times: Promise<Times>;
}

/** An open connection; messages that wait at both ends of a path that is frozen; and a new path, which is long. */
async function move(frozen: "up" | "both"): Promise<Moved> {
  let opened = Number.NaN;
  class TimedSocket extends WebSocket {
    constructor(url: string, protocols: string | string[]) {
      super(url, protocols);
      this.addEventListener("open", () => {
        opened = performance.now();
      });
    }
  }
  const line = await openConnectionLine({ client: { WebSocket: TimedSocket }, handle: () => {} });
  const { connection, proxy, place } = line;
  await next(connection, "open");
  const { socket } = place.connections[0]!;
  proxy.freeze({ directions: frozen });
  const client = next(connection, "message").then(() => performance.now());
  const server = next(socket, "message").then(() => performance.now());
  connection.send("from the client");
  socket.send("from the server");
  const accepted = proxy.accept();
  const told = performance.now();
  connection.retryNow();
  (await accepted).delay(oneWayMs);
  const times = Promise.all([client, server]).then(([atClient, atServer]) => ({
    told,
    opened,
    client: atClient,
    server: atServer,
  }));
  return { line, times, [Symbol.asyncDispose]: () => line[Symbol.asyncDispose]() };
}

describe("a client that moves to another path while the one before is frozen", () => {
  test("has the server's waiting messages a round trip after the new link opened, and the server its own half a one later", async () => {
    await using moved = await move("both");
    const { told, opened, client, server } = await moved.times;
    expect(opened - told).toBeLessThan(roundTripMs + slackMs);
    expect(client - opened).toBeLessThan(roundTripMs + slackMs);
    expect(server - opened).toBeLessThan(roundTripMs + oneWayMs + slackMs);
    process.stdout.write(
      `  round trip ${roundTripMs} ms: first message at the client ${(client - opened).toFixed(0)} ms after the link opened, at the server ${(server - opened).toFixed(0)} ms\n`,
    );
  });

  test("goes on in the same session, and the server has seen no close by then", async () => {
    await using moved = await move("both");
    const { proxy, place } = moved.line;
    const [frozen] = proxy.connections;
    await moved.times;
    expect(frozen!.isForwarding).toBe(true);
    expect(place.connections).toHaveLength(1);
    expect(place.journal).toEqual(["message from the client"]);
    expect(moved.line.states).not.toContain("suspended");
  });

  test("needs no ping timeout where only what it sends is stuck", async () => {
    await using moved = await move("up");
    const { told, opened, server } = await moved.times;
    expect(opened - told).toBeLessThan(roundTripMs + slackMs);
    expect(server - opened).toBeLessThan(roundTripMs + oneWayMs + slackMs);
  });

  test("stays on its link if that answers", async () => {
    await using line = await openConnectionLine();
    await next(line.connection, "open");
    const accepted = line.proxy.accept();
    line.connection.retryNow();
    await (await accepted).closed;
    line.connection.send("still here");
    expect(await next(line.connection, "message")).toMatchObject({ data: "still here" });
    expect(line.proxy.connections).toHaveLength(1);
    expect(line.states).toEqual(["connected"]);
  });
});
