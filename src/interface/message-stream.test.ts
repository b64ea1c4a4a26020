import { describe, expect, test } from "vitest";
import { microtasks, openLine } from "../../test/pure/fake-session.ts";
import { BufferFullError } from "../session/index.ts";
import { MessageStream } from "./message-stream.ts";

const bytes = Uint8Array.of(1, 2, 3);

describe("send", () => {
  test("takes text, and turns what is no data into text", () => {
    const { socket, session } = openLine();
    socket.send("text");
    socket.send(4711 as unknown as string);
    expect(session.main.sent).toEqual(["text", "4711"]);
  });

  test("copies the bytes of a view, which the caller may change", () => {
    const { socket, session } = openLine();
    const memory = Uint8Array.of(0, 1, 2, 3);
    socket.send(memory.subarray(1, 3));
    memory.fill(9);
    expect(session.main.sent).toEqual([Uint8Array.of(1, 2)]);
  });

  test("hands on the key of a stream that keeps the newest", () => {
    const { socket, session } = openLine();
    const stream = socket.stream("cursors", { kind: "latest" });
    stream.send("1", { key: "a" });
    expect(session.stream("cursors").keys).toEqual(["a"]);
  });

  test("throws when too much waits, and has then accepted nothing", () => {
    const { socket, session } = openLine();
    session.main.sendsMax = 0;
    expect(() => socket.send("text")).toThrow(BufferFullError);
    expect(socket.bufferedAmount).toBe(0);
  });

  test("needs an argument", () => {
    const { socket } = openLine();
    expect(() => (socket as unknown as { send(): void }).send()).toThrow(TypeError);
    expect(MessageStream.prototype.send.length).toBe(1);
  });

  test("after close is counted and dropped", () => {
    const { socket, session } = openLine();
    const stream = socket.stream("other");
    socket.close();
    socket.send("äö");
    socket.send(bytes);
    stream.send(new Blob([bytes]));
    expect(session.main.sent).toEqual([]);
    expect([socket.bufferedAmount, stream.bufferedAmount]).toEqual([7, 3]);
  });
});

describe("a Blob", () => {
  test("is read, and what is sent after it waits for it", async () => {
    const { socket, session } = openLine();
    const memory = Uint8Array.of(4, 5);
    socket.send(new Blob([bytes]));
    socket.send(memory);
    socket.send("text");
    memory.fill(9);
    expect([session.main.sent, socket.bufferedAmount]).toEqual([[], 9]);
    await microtasks();
    await expect.poll(() => session.main.sent).toEqual([bytes, Uint8Array.of(4, 5), "text"]);
    expect(socket.bufferedAmount).toBe(9);
    socket.send("at once");
    expect(session.main.sent).toHaveLength(4);
  });

  test("that cannot be read raises error; what waits behind it goes on", async () => {
    const { socket, session } = openLine();
    const errors: unknown[] = [];
    socket.onerror = ({ error }) => errors.push(error);
    const blob = new Blob([bytes]);
    blob.arrayBuffer = () => Promise.reject(new Error("gone"));
    socket.send(blob);
    socket.send("text");
    await expect.poll(() => session.main.sent).toEqual(["text"]);
    expect(errors).toEqual([new Error("gone")]);
  });

  test("counts against the limit of bytes, as does what waits behind it", () => {
    const { socket } = openLine();
    expect(() => socket.send(new Blob([new Uint8Array(1001)]))).toThrow(BufferFullError);
    socket.send(new Blob([new Uint8Array(999)]));
    socket.send("x");
    expect(() => socket.send("x")).toThrow(/1000 bytes wait already/);
  });

  test("lets so many messages wait behind it and no more", () => {
    const { socket } = openLine();
    socket.send(new Blob([bytes]));
    for (let i = 0; i < 9; i++) socket.send("x");
    expect(() => socket.send("x")).toThrow(/10 messages wait already/);
  });

  test("waits for room in the session", async () => {
    const { socket, session, core } = openLine();
    session.bufferedAmount = 501;
    socket.send(new Blob([bytes]));
    await microtasks();
    expect(session.main.sent).toEqual([]);
    session.bufferedAmount = 0;
    core.onRoom();
    await expect.poll(() => session.main.sent).toEqual([bytes]);
  });

  test("goes before the end that was asked for after it", async () => {
    const { socket, session } = openLine();
    socket.stream("files").send(new Blob([bytes]));
    socket.close(1000, "done");
    expect(session.log).toEqual([]);
    await expect.poll(() => session.log).toEqual(["close 1000 done"]);
    expect(session.stream("files").sent).toEqual([bytes]);
  });

  test("that finds no room holds the end back for 30 s and no longer", () => {
    const { socket, session, pass } = openLine();
    session.bufferedAmount = 1000;
    socket.send(new Blob([bytes]));
    socket.close();
    pass(29_999);
    expect(session.log).toEqual([]);
    pass(1);
    expect(session.log).toEqual(["close 1005 "]);
  });
});

describe("binaryType", () => {
  test.each([
    ["arraybuffer", ArrayBuffer],
    ["blob", Blob],
  ] as const)("%s says how binary comes", async (type, constructor) => {
    const { socket, receive } = openLine();
    const heard: unknown[] = [];
    socket.binaryType = type;
    socket.onmessage = ({ data }) => heard.push(data);
    receive(new Uint8Array([0, 1, 2, 3]).subarray(1), "text");
    expect(heard[0]).toBeInstanceOf(constructor);
    expect(heard[1]).toBe("text");
    expect(new Uint8Array(await new Response(heard[0] as Blob).arrayBuffer())).toEqual(bytes);
  });

  test("of a connection does not concern its streams, and other values are ignored", () => {
    const { socket } = openLine();
    socket.binaryType = "blob";
    socket.binaryType = "other" as "blob";
    expect([socket.binaryType, socket.stream("a").binaryType]).toEqual(["blob", "arraybuffer"]);
  });

  test("an array buffer that is the message's alone is not copied", () => {
    const { socket, receive } = openLine();
    let heard: unknown;
    socket.onmessage = ({ data }) => (heard = data);
    receive(bytes);
    expect(heard).toBe(bytes.buffer);
  });
});

describe("drain", () => {
  test("follows when all that was sent has begun to be handled, once", () => {
    const { socket, session, core } = openLine();
    let drains = 0;
    socket.ondrain = () => drains++;
    core.onRoom();
    socket.send("text");
    core.onRoom();
    expect(drains).toBe(0);
    session.main.bufferedAmount = 0;
    core.onRoom();
    core.onRoom();
    expect(drains).toBe(1);
  });

  test("is over when nobody listened", () => {
    const { socket, session, core } = openLine();
    socket.send("text");
    session.main.bufferedAmount = 0;
    core.onRoom();
    let drains = 0;
    socket.ondrain = () => drains++;
    core.onRoom();
    expect(drains).toBe(0);
  });

  test("concerns each stream by itself, and what waits for a Blob", async () => {
    const { socket, session, core } = openLine();
    const drained: string[] = [];
    const stream = socket.stream("a");
    for (const one of [socket, stream]) one.ondrain = () => drained.push(one.name);
    stream.send(new Blob([bytes]));
    core.onRoom();
    await expect.poll(() => session.stream("a").sent).toHaveLength(1);
    session.stream("a").bufferedAmount = 0;
    await microtasks();
    core.onRoom();
    expect(drained).toEqual(["a"]);
  });
});

describe("writable", () => {
  test("resolves at once while there is room", async () => {
    const { socket, session } = openLine();
    session.bufferedAmount = 500;
    session.bufferedMessages = 5;
    await expect(socket.writable()).resolves.toBeUndefined();
  });

  test.each([
    ["bytes", { bufferedAmount: 501 }],
    ["messages", { bufferedMessages: 6 }],
  ])("waits until half of the %s that may wait have gone", async (_unit, full) => {
    const { socket, session, core } = openLine();
    Object.assign(session, full);
    let isWritable = false;
    void socket
      .stream("a")
      .writable()
      .then(() => (isWritable = true));
    core.onRoom();
    await microtasks();
    expect(isWritable).toBe(false);
    Object.assign(session, { bufferedAmount: 500, bufferedMessages: 5 });
    core.onRoom();
    await microtasks();
    expect(isWritable).toBe(true);
  });

  test("resolves when the session ends", async () => {
    const { socket, session, core } = openLine();
    session.bufferedAmount = 1000;
    const before = socket.writable();
    core.onEnd({ code: 1006, reason: "", wasClean: false });
    await before;
    await expect(socket.writable()).resolves.toBeUndefined();
  });
});

test("a message that will not arrive raises expired on its stream", () => {
  const { socket, session, core } = openLine();
  const expired: unknown[] = [];
  const stream = socket.stream("cursors");
  stream.onexpired = ({ data, reason }) => expired.push([data, reason]);
  core.onExpired(session.stream("cursors"), { payload: "1", reason: "superseded" });
  core.onExpired(session.stream("never asked for"), { payload: "1", reason: "superseded" });
  expect(expired).toEqual([["1", "superseded"]]);
});

test("a stream knows its name, kind and priority, and looks like one", () => {
  const { socket } = openLine();
  const stream = socket.stream("files", { kind: "reliable", priority: "bulk" });
  expect(stream).toMatchObject({ name: "files", kind: "reliable", priority: "bulk", isPaused: false });
  expect(Object.prototype.toString.call(stream)).toBe("[object MessageStream]");
  expect(stream).toBeInstanceOf(EventTarget);
});

test.each(["onmessage", "onerror", "ondrain", "onexpired"] as const)("%s is what it was set to", (name) => {
  const stream = openLine().socket.stream("a");
  expect(stream[name]).toBeNull();
  const handler = (): void => {};
  stream[name] = handler;
  expect(stream[name]).toBe(handler);
});
