import type { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import type { ServerSocket } from "../../src/server/index.ts";
import { createRandom } from "../../src/testing/index.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { serve } from "../server/serve.ts";
import { type MessageRecord, numberedMessages, recordOf } from "./numbered-message.ts";
import { python } from "./python.ts";
import { PythonSession } from "./python-session.ts";

const count = 2000;

describe.skipIf(python.missing)("the session client in Python, written from PROTOCOL.md", () => {
  test("loses, repeats and reorders nothing either way while its links are cut", async () => {
    const heard: MessageRecord[] = [];
    await using place = await serve({}, (socket) => {
      void sendAll(socket);
      return hearAll(socket, heard);
    });
    await using proxy = await CuttingProxy.listen({
      targetPort: Number(new URL(place.url).port),
      play: { random: createRandom("python"), weights: { reset: 2, freeze: 1 }, meanBytes: 800_000 },
    });
    await using session = new PythonSession(`ws://127.0.0.1:${proxy.port}/ropeway`);
    session.tell({ sendNumbered: count });
    expect(await session.next()).toEqual({ opened: true });
    const expected = numberedMessages(count).map(recordOf);
    expect(await session.take(count)).toEqual(expected);
    await expect.poll(() => heard.length, { timeout: 30_000 }).toBe(count);
    expect(heard).toEqual(expected);
    session.tell({ close: true });
    expect(await session.next()).toEqual({ ended: null });
    expect(proxy.counts.reset).toBeGreaterThanOrEqual(10);
    expect(proxy.counts.freeze).toBeGreaterThanOrEqual(5);
    expect(place.connections).toHaveLength(1);
  });
});

async function sendAll(socket: ServerSocket): Promise<void> {
  for (const message of numberedMessages(count)) {
    socket.send(message);
    await socket.writable();
  }
}

async function hearAll(socket: ServerSocket, heard: MessageRecord[]): Promise<void> {
  for await (const data of socket) heard.push(recordOf(data as string | Buffer));
}
