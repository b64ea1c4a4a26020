import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/client/index.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { type Place, serve } from "../server/serve.ts";

interface Line extends AsyncDisposable {
  readonly socket: WebSocket;
  readonly proxy: CuttingProxy;
  readonly place: Place<unknown>;
  readonly journal: string[];
}

/** The drop-in class at a server of sessions, through a proxy that cuts. Resolves when it is open. */
async function openLine(options: Parameters<typeof serve>[0] = {}): Promise<Line> {
  const place = await serve(options);
  const proxy = await CuttingProxy.listen({ targetPort: Number(new URL(place.httpUrl).port) });
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/ropeway`);
  const journal: string[] = [];
  socket.onmessage = ({ data }) => journal.push(data as string);
  socket.onclose = ({ code }) => journal.push(`close ${code}`);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return {
    socket,
    proxy,
    place,
    journal,
    async [Symbol.asyncDispose]() {
      socket.close();
      await proxy[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

describe("the drop-in WebSocket at a server of sessions", () => {
  test("loses, doubles and swaps nothing when its line is cut", async () => {
    await using line = await openLine();
    for (let i = 0; i < 600; i++) {
      line.socket.send(`${i}`);
      if (i % 200 === 100) line.proxy.reset();
      if (i % 20 === 0) await new Promise(setImmediate);
    }
    await expect.poll(() => line.journal.length, { timeout: 10_000 }).toBe(600);
    expect(line.journal).toEqual(Array.from({ length: 600 }, (_, i) => `${i}`));
    expect([line.place.connections.length, line.socket.readyState]).toEqual([1, 1]);
    expect(line.proxy.accepted).toBeGreaterThan(1);
  });

  test("is OPEN while its line is away, and closes with 1006 if the session is lost meanwhile", async () => {
    await using line = await openLine({ sessions: { suspendedMsMax: 10 } });
    await line.proxy.offline();
    await expect.poll(() => line.place.journal.some((entry) => entry.startsWith("close"))).toBe(true);
    expect(line.socket.readyState).toBe(1);
    await line.proxy.online();
    await expect.poll(() => line.journal, { timeout: 10_000 }).toEqual(["close 1006"]);
  });

  test("does not notice that the server is replaced in peace", async () => {
    await using line = await openLine();
    await line.place.app.close({ graceMs: 1000 });
    line.socket.send("waits");
    expect([line.journal, line.socket.readyState, line.socket.bufferedAmount]).toEqual([[], 1, 5]);
  });
});
