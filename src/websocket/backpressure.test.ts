import { expect, test } from "vitest";
import { hear, journalOf } from "../../test/websocket/hear.ts";
import { type Line, openLine } from "../../test/websocket/line.ts";

const mebibyte = 1024 * 1024;

/** Sends until the operating system takes no more, to a client that has stopped reading. */
async function fill({ socket, client }: Line): Promise<void> {
  client.pause();
  for (let i = 0; i < 12; i++) socket.send(Buffer.alloc(mebibyte));
  await new Promise(setImmediate);
  expect(socket.bufferedAmount).toBeGreaterThan(0);
}

test("a connection that is cut with bytes waiting raises no drain and keeps its bufferedAmount", async () => {
  await using line = await openLine();
  const journal = journalOf(line.socket);
  await fill(line);
  const { bufferedAmount } = line.socket;
  line.socket.terminate();
  await hear(line.socket, "close");
  expect(journal).toEqual(["close 1006"]);
  expect(line.socket.bufferedAmount).toBe(bufferedAmount);
});

test("a listener that waits for room is let go when the peer is lost, and so are the messages behind it", async () => {
  await using line = await openLine();
  const handled: string[] = [];
  line.socket.onmessage = async ({ data }) => {
    await line.socket.writable();
    handled.push(data as string);
  };
  await fill(line);
  for (const text of ["1", "2", "3"]) line.client.send(text);
  line.client.ping();
  await hear(line.socket, "ping");
  expect(handled).toEqual([]);
  line.client.terminate();
  await hear(line.socket, "close");
  expect(handled.slice(0, 2)).toEqual(["1", "2"]);
});
