import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeSocket, hello, opened } from "../../test/client/fake-socket.ts";
import { WebSocket } from "./websocket.ts";

let hosts = 0;

/** A server of its own for each test, as servers are remembered. */
function newUrl(): string {
  return `wss://host-${++hosts}.example/live`;
}

function journalOf(socket: WebSocket): string[] {
  const journal: string[] = [];
  socket.onopen = () => journal.push(`open ${socket.protocol}`);
  socket.onmessage = ({ data }) => journal.push(data as string);
  socket.onerror = (event) => journal.push(`error ${(event as unknown as ErrorEvent).message}`);
  socket.onclose = ({ code, wasClean }) => journal.push(`close ${code}${wasClean ? "" : " not clean"}`);
  return journal;
}

/** A socket with a session beneath, which a server has opened, and its first link. */
async function openSession(protocols: string[] = []) {
  const socket = new WebSocket(newUrl(), protocols);
  const journal = journalOf(socket);
  const link = FakeSocket.last;
  link.opens("ropeway.1");
  link.receives(hello);
  await microtasks();
  link.receives(opened(1, protocols[0]));
  return { socket, journal, link };
}

async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the handshake", () => {
  test("offers the application's subprotocols before ours", () => {
    const url = newUrl();
    const socket = new WebSocket(url, ["chat", "other"]);
    expect(FakeSocket.last).toMatchObject({ url, protocols: ["chat", "other", "ropeway.1"] });
    expect(socket.readyState).toBe(0);
  });

  test("opens a session where the server says hello, and its subprotocol is the application's", async () => {
    const { socket, journal, link } = await openSession(["chat"]);
    expect(link.frames("open")).toEqual([expect.stringContaining('"protocols":["chat"]')]);
    expect([journal, socket.extensions, socket.readyState]).toEqual([["open chat"], "", 1]);
  });

  test("goes on plainly on the same connection where the server prefers another subprotocol", () => {
    const socket = new WebSocket(newUrl(), "chat");
    const journal = journalOf(socket);
    const plain = FakeSocket.last;
    Object.assign(plain, { extensions: "permessage-deflate" });
    plain.opens("chat");
    plain.receives("text");
    socket.send("reply");
    expect([journal, plain.sent, socket.extensions]).toEqual([
      ["open chat", "text"],
      ["reply"],
      "permessage-deflate",
    ]);
  });

  test("that fails is tried once more plainly, which is remembered", () => {
    const url = newUrl();
    const socket = new WebSocket(url, "chat");
    const journal = journalOf(socket);
    FakeSocket.last.fails();
    expect([journal, FakeSocket.last.protocols]).toEqual([[], ["chat"]]);
    FakeSocket.last.opens("chat");
    expect(journal).toEqual(["open chat"]);
    expect(new WebSocket(`${url}?other`, "chat")).toBeInstanceOf(WebSocket);
    expect(FakeSocket.last.protocols).toEqual(["chat"]);
  });

  test("that fails plainly, too, is the standard's failure, and nothing is remembered", () => {
    const url = newUrl();
    const journal = journalOf(new WebSocket(url));
    FakeSocket.last.fails();
    FakeSocket.last.fails(new Error("refused"));
    expect(journal).toEqual(["error refused", "close 1006 not clean"]);
    expect(new WebSocket(url)).toBeInstanceOf(WebSocket);
    expect(FakeSocket.last.protocols).toEqual(["ropeway.1"]);
  });

  test("with a server that chose our subprotocol and says no hello is done plainly after 2 s", () => {
    const journal = journalOf(new WebSocket(newUrl()));
    const mistaken = FakeSocket.last;
    mistaken.opens("ropeway.1");
    vi.advanceTimersByTime(1999);
    expect(mistaken.closes).toEqual([]);
    vi.advanceTimersByTime(1);
    mistaken.ends(1005, "", true);
    FakeSocket.last.opens("");
    expect([mistaken.closes.length, journal]).toEqual([1, ["open "]]);
  });

  test.each(["text", "hello", new ArrayBuffer(1)])(
    "with a server that says %s instead is done plainly",
    (data) => {
      const journal = journalOf(new WebSocket(newUrl()));
      const mistaken = FakeSocket.last;
      mistaken.opens("ropeway.1");
      mistaken.receives(data);
      mistaken.ends(1005, "", true);
      expect([FakeSocket.last.protocols, journal]).toEqual([[], []]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test("is plain where the application itself speaks our subprotocol", () => {
    const journal = journalOf(new WebSocket(newUrl(), "ropeway.1"));
    FakeSocket.last.opens("ropeway.1");
    FakeSocket.last.receives(hello);
    expect([FakeSocket.last.protocols, journal]).toEqual([["ropeway.1"], ["open ropeway.1", hello]]);
  });
});

describe("close while CONNECTING", () => {
  test.each([
    ["while the handshake runs", () => {}],
    ["while hello is awaited", () => FakeSocket.last.opens("ropeway.1")],
  ])("%s fails the connection", async (_when, happens) => {
    const socket = new WebSocket(newUrl());
    const journal = journalOf(socket);
    happens();
    const count = FakeSocket.made.length;
    socket.close();
    expect([journal, socket.readyState]).toEqual([[], 2]);
    FakeSocket.last.fails(new Error("closed"));
    await microtasks();
    expect([journal, socket.readyState]).toEqual([["error closed", "close 1006 not clean"], 3]);
    expect(FakeSocket.made).toHaveLength(count);
  });

  test("while the session is being opened fails it, too", async () => {
    const socket = new WebSocket(newUrl());
    const journal = journalOf(socket);
    FakeSocket.last.opens("ropeway.1");
    FakeSocket.last.receives(hello);
    socket.close();
    expect(journal).toEqual([]);
    await microtasks();
    expect(journal.at(-1)).toBe("close 1006 not clean");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a plain connection", () => {
  function openPlain() {
    const socket = new WebSocket(newUrl(), "chat");
    FakeSocket.last.opens("chat");
    return { socket, journal: journalOf(socket), plain: FakeSocket.last };
  }

  test("has the platform's binary type", () => {
    const { socket, plain } = openPlain();
    expect(plain.binaryType).toBe("blob");
    socket.binaryType = "arraybuffer";
    socket.binaryType = "nodebuffer" as "blob";
    expect([plain.binaryType, socket.binaryType]).toEqual(["arraybuffer", "arraybuffer"]);
  });

  test("closes with what it was given, or with nothing", () => {
    const first = openPlain();
    first.socket.close();
    const second = openPlain();
    second.socket.close(3000, "bye");
    expect([first.plain.closes, second.plain.closes]).toEqual([[[]], [[3000, "bye"]]]);
  });

  test("counts what waits there, and what is sent too late", () => {
    const { socket, plain } = openPlain();
    plain.bufferedAmount = 5;
    socket.close();
    socket.send("abc");
    expect([socket.bufferedAmount, plain.sent]).toEqual([8, []]);
  });

  test("ends as the platform's does", () => {
    const { journal, plain } = openPlain();
    plain.ends(4000, "enough", true);
    const failing = openPlain();
    failing.plain.fails();
    expect([journal, failing.journal]).toEqual([
      ["close 4000"],
      ["error The connection failed", "close 1006 not clean"],
    ]);
  });
});

describe("a session beneath", () => {
  test("outlives its link", async () => {
    const { socket, journal, link } = await openSession();
    link.ends(1006, "");
    socket.send("meanwhile");
    expect([socket.readyState, socket.bufferedAmount]).toEqual([1, 9]);
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.last).not.toBe(link);
    expect([FakeSocket.last.protocols, journal]).toEqual([["ropeway.1"], ["open "]]);
  });

  test("does not wait for listeners, and drops what nobody listens to", async () => {
    const { socket, journal, link } = await openSession();
    const never = new Promise<void>(() => {});
    socket.addEventListener("message", () => never);
    link.receives("1:one");
    link.receives("2:two");
    socket.onmessage = null;
    link.receives("3:three");
    vi.advanceTimersByTime(200);
    expect(journal).toEqual(["open ", "one", "two"]);
    expect(link.frames("ack").at(-1)).toMatch(/^ack 0 3 3 3 /);
  });

  test("ends where the server has lost it", async () => {
    const { journal, link } = await openSession();
    link.ends(1006, "");
    vi.advanceTimersByTime(1000);
    FakeSocket.last.opens("ropeway.1");
    FakeSocket.last.receives(hello);
    FakeSocket.last.receives("unknown {}");
    await microtasks();
    expect(journal.slice(1)).toEqual([
      expect.stringMatching(/^error The session was lost/),
      "close 1006 not clean",
    ]);
    expect(FakeSocket.last.frames("open")).toEqual([]);
  });

  test("ends where too much waits", async () => {
    const { socket, journal } = await openSession();
    const piece = "x".repeat(1024 * 1024);
    for (let i = 0; i < 4; i++) socket.send(piece);
    expect(journal).toEqual(["open "]);
    socket.send(piece);
    expect(journal).toEqual(["open "]);
    await microtasks();
    expect(journal.slice(1)).toEqual([
      expect.stringMatching(/^error \d+ bytes wait already/),
      "close 1006 not clean",
    ]);
  });

  test("ends where a Blob is longer than the server takes", async () => {
    vi.useRealTimers();
    const { socket, journal } = await openSession();
    socket.send(new Blob([new Uint8Array(1024 * 1024 + 1)]));
    await expect.poll(() => journal.at(-1)).toBe("close 1006 not clean");
  });

  test("copies bytes, and keeps a Blob's place before the end", async () => {
    vi.useRealTimers();
    const { socket, link } = await openSession();
    const memory = Uint8Array.of(1, 2);
    socket.send(memory);
    memory.fill(9);
    socket.send(new Blob(["blob"]));
    socket.send("text");
    socket.close(3000, "bye");
    expect([socket.bufferedAmount, link.frames("close")]).toEqual([10, []]);
    await expect.poll(() => link.frames("close")).toEqual(['close {"code":3000,"reason":"bye"}']);
    const data = link.sent.filter((frame) => /^\d/.test(String(frame)) || frame instanceof Uint8Array);
    expect(
      data.map((frame) =>
        typeof frame === "string" ? frame : new TextDecoder().decode(frame as Uint8Array),
      ),
    ).toEqual(["1:\u0001\u0002", "2:blob", "3:text"]);
  });

  test("hears the other end's close, and says no more", async () => {
    const { socket, link } = await openSession();
    link.receives('close {"code":4000,"reason":"enough"}');
    expect(socket.readyState).toBe(2);
    socket.send("late");
    expect(link.sent.filter((frame) => String(frame).includes("late"))).toEqual([]);
  });

  test("shapes binary as asked for", async () => {
    const { socket, link } = await openSession();
    const heard: unknown[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    socket.binaryType = "arraybuffer";
    link.receives(new TextEncoder().encode("1:ab").buffer);
    expect(heard).toEqual([Uint8Array.of(97, 98).buffer]);
  });

  test("has no place for streams, which are let go", async () => {
    const { journal, link } = await openSession();
    link.receives('stream {"stream":1,"name":"theirs","kind":"reliable","priority":"interactive"}');
    link.receives("1.1:unheard");
    vi.advanceTimersByTime(200);
    expect(journal).toEqual(["open "]);
    expect(link.frames("ack").at(-1)).toMatch(/^ack 1 1 1 1 /);
  });
});

test("an error of a listener ends up where any uncaught error does", async () => {
  const uncaught: unknown[] = [];
  vi.stubGlobal("queueMicrotask", (action: () => void) => {
    try {
      action();
    } catch (error) {
      uncaught.push(error);
    }
  });
  const socket = new WebSocket(newUrl(), "chat");
  socket.onopen = () => {
    throw new Error("thrown");
  };
  FakeSocket.last.opens("chat");
  expect(uncaught).toEqual([new Error("thrown")]);
});
