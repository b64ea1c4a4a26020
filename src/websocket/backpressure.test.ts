import { expect, test } from "vitest";
import { hear, hearMessages, journalOf } from "../../test/websocket/hear.ts";
import { connect, type Line, openLine } from "../../test/websocket/line.ts";

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

test("a message that would pass bufferedBytesMax raises WS_BUFFER_FULL and ends the connection", async () => {
  await using line = await openLine({ server: { bufferedBytesMax: 2 * mebibyte } });
  const journal = journalOf(line.socket);
  line.client.pause();
  const [error, closed] = [hear(line.socket, "error"), hear(line.socket, "close")];
  let sent = 0;
  while (line.socket.readyState === 1) {
    line.socket.send(Buffer.alloc(mebibyte));
    await new Promise(setImmediate);
    sent++;
  }
  expect(sent).toBeGreaterThan(2);
  expect((await error).error).toMatchObject({
    code: "WS_BUFFER_FULL",
    facts: { bytes: mebibyte, limit: 2 * mebibyte },
    message: expect.stringContaining("await writable() between messages") as string,
  });
  const { bufferedAmount } = line.socket;
  expect(bufferedAmount).toBeGreaterThanOrEqual(2 * mebibyte);
  await closed;
  expect(journal).toEqual(["error WS_BUFFER_FULL", "close 1006"]);
  expect(line.socket.bufferedAmount).toBe(bufferedAmount);
});

test("a message of any size is taken while nothing waits", async () => {
  await using line = await openLine({ server: { bufferedBytesMax: 1000 } });
  const journal = journalOf(line.socket);
  const heard = hear(line.client, "message");
  line.socket.send(Buffer.alloc(4 * mebibyte));
  expect(((await heard).data as ArrayBuffer).byteLength).toBe(4 * mebibyte);
  await line.socket.writable();
  line.socket.send(Buffer.alloc(mebibyte));
  expect(journal).not.toContain("error WS_BUFFER_FULL");
  expect(line.socket.readyState).toBe(1);
});

test("a publication that would pass it ends that subscriber's connection, and no other", async () => {
  await using line = await openLine({ server: { bufferedBytesMax: 2 * mebibyte } });
  const sockets = [...line.server.clients];
  const other = await connect(line.url);
  for (const socket of line.server.clients) socket.subscribe("news");
  line.client.pause();
  const failed = hear(sockets[0]!, "error");
  while (sockets[0]!.readyState === 1) {
    line.server.publish("news", Buffer.alloc(mebibyte));
    await hear(other, "message");
  }
  expect((await failed).error).toMatchObject({ code: "WS_BUFFER_FULL" });
  expect(other.readyState).toBe(1);
  other.terminate();
});

test("writable() resolves at once where nothing waits, after close, and after the end", async () => {
  await using line = await openLine();
  await line.socket.writable();
  line.socket.close();
  await line.socket.writable();
  await hear(line.socket, "close");
  await line.socket.writable();
  expect(line.socket.readyState).toBe(3);
});

test("drain comes after what had to wait has been taken", async () => {
  await using line = await openLine();
  const journal = journalOf(line.socket);
  await fill(line);
  expect(journal).toEqual([]);
  line.client.resume();
  await hear(line.socket, "drain");
  expect(line.socket.bufferedAmount).toBe(0);
  await new Promise(setImmediate);
  expect(journal).toEqual(["drain"]);
});

test("a paused connection reads ahead to its bound, and then lets the peer wait", async () => {
  await using line = await openLine({ server: { readAheadBytesMax: 64 * 1024 } });
  line.socket.pause();
  expect(line.socket.isPaused).toBe(true);
  const text = "x".repeat(1000);
  let sent = 0;
  while (line.client.bufferedAmount === 0) {
    for (let i = 0; i < 1000; i++) line.client.send(text);
    sent += 1000;
    await new Promise(setImmediate);
  }
  const heard = hearMessages(line.socket, sent);
  line.socket.resume();
  expect(await heard).toEqual(Array.from({ length: sent }, () => text));
  expect(line.socket.isPaused).toBe(false);
});

test("pause inside a listener holds the next message; pings are answered meanwhile", async () => {
  await using line = await openLine();
  const journal = journalOf(line.socket);
  line.socket.addEventListener("message", () => line.socket.pause());
  line.client.send("1");
  line.client.send("2");
  line.client.ping();
  await hear(line.client, "pong");
  expect(journal).toEqual(["message 1"]);
  line.socket.resume();
  expect(journal).toEqual(["message 1", "message 2"]);
});

test.each(["socket", "client"] as const)(
  "the close event of a paused %s comes, after the messages that wait",
  async (end) => {
    await using line = await openLine();
    const [paused, peer] = end === "socket" ? [line.socket, line.client] : [line.client, line.socket];
    paused.pause();
    const journal = journalOf(paused);
    peer.send("waits");
    peer.close(4000);
    await hear(peer, "close");
    expect(journal).toEqual([]);
    const closed = hear(paused, "close");
    paused.resume();
    await closed;
    expect(journal).toEqual(["message waits", "close 4000"]);
  },
);

test("the error of a full buffer is not raised within send()", async () => {
  await using line = await openLine({ client: { bufferedBytesMax: 1000 } });
  const journal = journalOf(line.client);
  line.socket.pause();
  line.client.send(Buffer.alloc(16 * mebibyte));
  await new Promise(setImmediate);
  line.client.send("one too many");
  expect([journal, line.client.readyState]).toEqual([[], 2]);
  await hear(line.client, "close");
  expect(journal).toEqual(["error WS_BUFFER_FULL", "close 1006"]);
});
