import { expect, test } from "vitest";
import { hear } from "../websocket/hear.ts";
import { openLine } from "../websocket/line.ts";

const mebibyte = 1024 * 1024;

test("whoever saw bytes waiting hears drain, also if the network takes all of them at once", async () => {
  await using line = await openLine();
  const drained = hear(line.socket, "drain");
  line.socket.send("a few bytes");
  expect(line.socket.bufferedAmount).toBe(11);
  await drained;
  expect(line.socket.bufferedAmount).toBe(0);
});

test("a listener of drain that sends again does not keep the event loop to itself", async () => {
  await using line = await openLine();
  const fill = () => {
    line.socket.send("more");
    void line.socket.bufferedAmount;
  };
  line.socket.addEventListener("drain", fill);
  fill();
  const received: unknown[] = [];
  await new Promise<void>((resolve) => {
    line.client.onmessage = ({ data }) => {
      if (received.push(data) === 100) resolve();
    };
  });
  expect(received).toHaveLength(100);
});

test("messages that pass bufferedBytesMax together go one after another by writable()", async () => {
  await using line = await openLine({ server: { bufferedBytesMax: 3 * mebibyte } });
  const errors: unknown[] = [];
  line.socket.addEventListener("error", ({ error }) => errors.push(error));
  const received: number[] = [];
  line.client.onmessage = ({ data }) => received.push((data as ArrayBuffer).byteLength);
  for (let count = 0; count < 20; count++) {
    await line.socket.writable();
    line.socket.send(Buffer.alloc(2 * mebibyte));
  }
  line.socket.close();
  await hear(line.client, "close");
  expect(errors).toEqual([]);
  expect(received).toEqual(Array.from({ length: 20 }, () => 2 * mebibyte));
});

test("writable() waits for what was published in this turn", async () => {
  await using line = await openLine();
  line.socket.subscribe("news");
  line.server.publish("news", Buffer.alloc(mebibyte));
  await line.socket.writable();
  expect(line.socket.bufferedAmount).toBe(0);
});

test("a loop that awaits writable() before each message does not keep the event loop to itself", async () => {
  await using line = await openLine();
  const turns: number[] = [];
  const timer = setInterval(() => turns.push(turns.length), 0);
  for (let count = 0; count < 100_000 && turns.length < 10; count++) {
    await line.socket.writable();
    line.socket.send("a small message");
  }
  clearInterval(timer);
  expect(turns).toHaveLength(10);
});

test("writable() waits for a Blob to be read and sent", async () => {
  await using line = await openLine();
  const blob = new Blob([Buffer.alloc(mebibyte)]);
  line.socket.send(blob);
  expect(line.socket.bufferedAmount).toBe(mebibyte);
  await line.socket.writable();
  expect(line.socket.bufferedAmount).toBe(0);
});

test("a Blob and what was sent behind it arrive in order before the Close frame", async () => {
  await using line = await openLine();
  const received: unknown[] = [];
  line.client.onmessage = ({ data }) =>
    received.push(typeof data === "string" ? data : Buffer.from(data as ArrayBuffer).toString());
  line.socket.send(new Blob(["first"]));
  line.socket.send("second");
  line.socket.close();
  await hear(line.client, "close");
  expect(received).toEqual(["first", "second"]);
});

test("what is sent behind a Blob counts, and ends the connection past bufferedBytesMax", async () => {
  await using line = await openLine();
  const failed = hear(line.socket, "error");
  line.socket.send(new Blob([Buffer.alloc(1024)]));
  const message = Buffer.alloc(mebibyte);
  let sent = 0;
  for (; sent < 400 && line.socket.readyState === 1; sent++) line.socket.send(message);
  expect(sent).toBe(16);
  const { error } = await failed;
  expect(error).toMatchObject({ code: "WS_BUFFER_FULL" });
});

test.each([false, true])(
  "a paused client closes cleanly, whatever waits for it (permessage-deflate: %s)",
  async (perMessageDeflate) => {
    await using line = await openLine({ server: { perMessageDeflate }, client: { perMessageDeflate } });
    const received: unknown[] = [];
    line.client.onmessage = ({ data }) => received.push(data);
    line.client.pause();
    line.socket.send("read ahead");
    line.socket.ping();
    await hear(line.client, "ping");
    for (let count = 0; count < 10; count++) line.socket.send(Buffer.alloc(mebibyte));
    line.client.close(1000, "enough");
    const { code, wasClean } = await hear(line.client, "close");
    expect({ code, wasClean, received }).toEqual({ code: 1000, wasClean: true, received: [] });
  },
);
