import { expect, test } from "vitest";
import { openLocalPair } from "./local-pair.ts";

const mebibyte = 1024 * 1024;

test("whoever saw bytes waiting hears drain, also if the network takes all of them at once", async () => {
  await using pair = await openLocalPair();
  const drained = new Promise((resolve) => pair.server.addEventListener("drain", resolve));
  pair.server.send("a few bytes");
  expect(pair.server.bufferedAmount).toBe(11);
  await drained;
  expect(pair.server.bufferedAmount).toBe(0);
});

test("a listener of drain that sends again does not keep the event loop to itself", async () => {
  await using pair = await openLocalPair();
  const fill = () => {
    pair.server.send("more");
    void pair.server.bufferedAmount;
  };
  pair.server.addEventListener("drain", fill);
  fill();
  const received: unknown[] = [];
  await new Promise<void>((resolve) => {
    pair.client.onmessage = ({ data }) => {
      if (received.push(data) === 100) resolve();
    };
  });
  expect(received).toHaveLength(100);
});

test("messages that pass bufferedBytesMax together go one after another by writable()", async () => {
  await using pair = await openLocalPair({ bufferedBytesMax: 3 * mebibyte });
  const errors: unknown[] = [];
  pair.server.addEventListener("error", ({ error }) => errors.push(error));
  const received: number[] = [];
  pair.client.onmessage = ({ data }) => received.push((data as ArrayBuffer).byteLength);
  for (let count = 0; count < 20; count++) {
    await pair.server.writable();
    pair.server.send(Buffer.alloc(2 * mebibyte));
  }
  pair.server.close();
  await pair.clientClosed;
  expect(errors).toEqual([]);
  expect(received).toEqual(new Array(20).fill(2 * mebibyte));
});

test("writable() waits for what was published in this turn", async () => {
  await using pair = await openLocalPair();
  pair.server.subscribe("news");
  pair.listener.publish("news", Buffer.alloc(mebibyte));
  await pair.server.writable();
  expect(pair.server.bufferedAmount).toBe(0);
});

test("a loop that awaits writable() before each message does not keep the event loop to itself", async () => {
  await using pair = await openLocalPair();
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  for (let count = 0; count < 100_000 && turns < 10; count++) {
    await pair.server.writable();
    pair.server.send("a small message");
  }
  clearInterval(timer);
  expect(turns).toBe(10);
});

test("writable() waits for a Blob to be read and sent", async () => {
  await using pair = await openLocalPair();
  const blob = new Blob([Buffer.alloc(mebibyte)]);
  pair.server.send(blob);
  expect(pair.server.bufferedAmount).toBe(mebibyte);
  await pair.server.writable();
  expect(pair.server.bufferedAmount).toBe(0);
});

test("a Blob and what was sent behind it arrive in order before the Close frame", async () => {
  await using pair = await openLocalPair();
  const received: unknown[] = [];
  pair.client.onmessage = ({ data }) =>
    received.push(typeof data === "string" ? data : Buffer.from(data as ArrayBuffer).toString());
  pair.server.send(new Blob(["first"]));
  pair.server.send("second");
  pair.server.close();
  await pair.clientClosed;
  expect(received).toEqual(["first", "second"]);
});

test("what is sent behind a Blob counts, and ends the connection past bufferedBytesMax", async () => {
  await using pair = await openLocalPair();
  const failed = new Promise((resolve) =>
    pair.server.addEventListener("error", ({ error }) => resolve(error)),
  );
  pair.server.send(new Blob([Buffer.alloc(1024)]));
  const message = Buffer.alloc(mebibyte);
  let sent = 0;
  for (; sent < 400 && pair.server.readyState === 1; sent++) pair.server.send(message);
  expect(sent).toBe(16);
  expect(await failed).toMatchObject({ code: "WS_BUFFER_FULL" });
});

test("a paused client closes cleanly, whatever compressed messages wait for it", async () => {
  await using pair = await openLocalPair({ perMessageDeflate: true }, { perMessageDeflate: true });
  pair.client.pause();
  for (let count = 0; count < 100; count++) pair.server.send(Buffer.alloc(mebibyte));
  await pair.server.writable();
  pair.client.close(1000, "enough");
  const { code, wasClean } = await pair.clientClosed;
  expect({ code, wasClean }).toEqual({ code: 1000, wasClean: true });
});
