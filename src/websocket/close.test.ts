import { describe, expect, test, vi } from "vitest";
import { opcodes } from "../../test/raw-peer/frame.ts";
import { openPair, roles } from "../../test/raw-peer/open-pair.ts";
import { hear, hearMessages, journalOf } from "../../test/websocket/hear.ts";
import { connect, listen, openLine } from "../../test/websocket/line.ts";
import { WebSocket } from "./index.ts";

const clientCodes = [1000, 3000, 3999, 4000, 4999];
const serverCodes = [1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
const never = [0, 500, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535, 65_536 + 1000, -1];

function invalidAccess(): Error {
  return expect.objectContaining({ name: "InvalidAccessError" }) as Error;
}

describe("the codes that close takes", () => {
  test.each([...clientCodes, "3000", 999.5, 3000.4, { valueOf: () => 4000 }])(
    "%o from a client",
    async (code) => {
      await using line = await openLine();
      line.client.close(code as number, "reason");
      const expected = Math.round(Number(code));
      expect(await hear(line.socket, "close")).toMatchObject({
        code: expected,
        reason: "reason",
        wasClean: true,
      });
    },
  );

  test.each([...serverCodes, ...clientCodes])("%d from a server", async (code) => {
    await using line = await openLine();
    line.socket.close(code);
    expect(await hear(line.client, "close")).toMatchObject({ code, reason: "", wasClean: true });
  });

  test("none of the others is: InvalidAccessError, and nothing happens", async () => {
    await using line = await openLine();
    for (const code of [...never, ...serverCodes, Number.NaN, null, "text", false]) {
      expect(() => line.client.close(code as number)).toThrow(invalidAccess());
    }
    for (const code of never) expect(() => line.socket.close(code)).toThrow(invalidAccess());
    expect([line.client.readyState, line.socket.readyState]).toEqual([1, 1]);
  });

  test("a symbol and a bigint are a TypeError", async () => {
    await using line = await openLine();
    for (const code of [Symbol("s"), 1000n])
      expect(() => line.client.close(code as never)).toThrow(TypeError);
    expect(() => line.client.close(1000, Symbol("s") as never)).toThrow(TypeError);
    expect(line.client.readyState).toBe(1);
  });
});

describe("the reason that close takes", () => {
  test.each<[string, unknown]>([
    ["123 bytes", "x".repeat(123)],
    ["123 bytes of UTF-8", "€".repeat(41)],
    ["what is turned into text", 4711],
  ])("%s", async (_name, reason) => {
    await using line = await openLine();
    line.client.close(1000, reason as string);
    expect(await hear(line.socket, "close")).toMatchObject({ reason: String(reason as string | number) });
  });

  test("a surrogate without its pair is U+FFFD", async () => {
    await using line = await openLine();
    line.client.close(1000, "\ud807!");
    expect(await hear(line.socket, "close")).toMatchObject({ reason: "\ufffd!" });
  });

  test.each(["x".repeat(124), "€".repeat(42), "\ud800".repeat(42)])(
    "124 bytes are a SyntaxError",
    async (reason) => {
      await using line = await openLine();
      expect(() => line.client.close(1000, reason)).toThrow(
        expect.objectContaining({
          name: "SyntaxError",
          message: expect.stringContaining("the limit is 123") as string,
        }),
      );
      expect(line.client.readyState).toBe(1);
    },
  );

  test("a wrong code is found before a reason that is too long", async () => {
    await using line = await openLine();
    expect(() => line.client.close(1001, "x".repeat(124))).toThrow(invalidAccess());
  });

  test("without a code it comes with 1000; neither gives an empty Close frame, which is 1005", async () => {
    await using first = await openLine();
    first.client.close(undefined, "reason");
    expect(await hear(first.socket, "close")).toMatchObject({ code: 1000, reason: "reason" });
    await using second = await openLine();
    second.client.close();
    expect(await hear(second.socket, "close")).toMatchObject({ code: 1005, reason: "" });
  });
});

describe("the course of closing", () => {
  test("is CLOSING at once and CLOSED in the event, at both ends", async () => {
    await using line = await openLine();
    const states: number[] = [];
    line.client.onclose = () => states.push(line.client.readyState);
    line.client.close();
    expect(line.client.readyState).toBe(2);
    await hear(line.client, "close");
    expect(states).toEqual([3]);
  });

  test("a second close changes nothing, before and after the end", async () => {
    await using line = await openLine();
    const journal = journalOf(line.client);
    const closed = Promise.all([hear(line.socket, "close"), hear(line.client, "close")]);
    line.client.close(3000, "first");
    line.client.close(4000, "second");
    expect((await closed)[0]).toMatchObject({ code: 3000, reason: "first" });
    line.client.close(4000);
    line.client.terminate();
    await new Promise(setImmediate);
    expect(journal).toEqual(["close 3000"]);
  });

  test("arguments are checked also when it is closed", async () => {
    await using line = await openLine();
    line.client.close();
    await hear(line.client, "close");
    expect(() => line.client.close(999)).toThrow(invalidAccess());
  });

  test("what was sent before is delivered, what is sent later is counted and dropped", async () => {
    await using line = await openLine();
    const heard = hearMessages(line.socket, 1);
    line.client.send("before");
    line.client.close();
    line.client.send("later €");
    line.client.send(new Uint8Array(5));
    line.client.send(new Blob(["abc"]));
    expect(await heard).toEqual(["before"]);
    await hear(line.client, "close");
    expect(line.client.bufferedAmount).toBe(9 + 5 + 3);
    line.client.send("more");
    expect(line.client.bufferedAmount).toBe(9 + 5 + 3 + 4);
  });

  test("a client hears no message after it has called close", async () => {
    await using pair = await openPair("client");
    pair.engine.connection.close(1000);
    await pair.peer.readFrame();
    pair.peer.sendText("late");
    pair.peer.sendClose(1000);
    pair.peer.end();
    expect(await pair.engine.closed).toEqual({ code: 1000, reason: "", wasClean: true });
    expect(pair.engine.messages).toEqual([]);
  });

  test("a server hears messages until the peer's Close frame", async () => {
    await using pair = await openPair("server");
    pair.engine.connection.close(1000);
    await pair.peer.readFrame();
    pair.peer.sendText("still under way");
    pair.peer.sendClose(4000);
    pair.peer.end();
    await pair.engine.closed;
    expect(pair.engine.messages).toEqual(["still under way"]);
  });

  test.each(roles)("a %s that gets no answer cuts the transport after closeTimeout: 1006", async (role) => {
    await using pair = await openPair(role, { options: { closeTimeout: 20 } });
    pair.engine.connection.close(1000);
    expect(await pair.engine.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    await pair.peer.ended;
  });

  test.each(roles)(
    "a %s whose peer answers but does not end is done after closeTimeout: clean",
    async (role) => {
      await using pair = await openPair(role, { options: { closeTimeout: 20 } });
      pair.engine.connection.close(1000);
      await pair.peer.readClose();
      pair.peer.sendClose(1000);
      expect(await pair.engine.closed).toMatchObject({ code: 1000, wasClean: true });
    },
  );

  test.each(roles)("a %s whose peer still takes what was sent before has time for it", async (role) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await using pair = await openPair(role, { options: { closeTimeout: 1000 } });
    const { socket: reading } = pair.peer.stream;
    reading.pause();
    const socket = pair.engine.connection;
    const journal = journalOf(socket);
    socket.send(Buffer.alloc(64 * 1024 * 1024));
    socket.close(4000);
    let waits = 0;
    for (; socket.bufferedAmount > 0; waits++) {
      await new Promise(setImmediate);
      vi.advanceTimersByTime(900);
      const { bufferedAmount } = socket;
      reading.resume();
      while (socket.bufferedAmount === bufferedAmount) await new Promise(setImmediate);
      reading.pause();
    }
    expect(waits).toBeGreaterThan(2);
    expect(journal).toEqual([]);
    vi.advanceTimersByTime(1000);
    await hear(socket, "close");
    vi.useRealTimers();
  });

  test.each(roles)("a %s whose peer drops the line says 1006; a client also raises error", async (role) => {
    await using pair = await openPair(role);
    pair.peer.stream.socket.resetAndDestroy();
    expect(await pair.engine.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    expect(pair.engine.errorCode).toBe(role === "client" ? "WS_CONNECTION_LOST" : undefined);
  });

  test.each(roles)("a %s answers an end without a Close frame with its own end", async (role) => {
    await using pair = await openPair(role);
    pair.peer.end();
    await pair.peer.ended;
    expect(await pair.engine.closed).toMatchObject({ code: 1006, wasClean: false });
  });

  test.each(roles)("a %s that fails a message raises error, then close with 1006", async (role) => {
    await using pair = await openPair(role);
    const journal = journalOf(pair.engine.connection);
    pair.peer.send({ opcode: opcodes.text, payload: "before" }, { opcode: 3 });
    pair.peer.sendText("after");
    expect(await pair.peer.readFailure()).toBe(1002);
    await pair.engine.closed;
    expect(journal).toEqual(["message before", "error WS_RESERVED_OPCODE", "close 1006"]);
  });
});

describe("close and terminate while CONNECTING", () => {
  test.each(["close", "terminate"] as const)(
    "%s: CLOSING, then error and close with 1006, in a later turn",
    async (name) => {
      await using listener = await listen();
      const client = new WebSocket(listener.url);
      const journal = journalOf(client);
      client[name]();
      client.close();
      expect(client.readyState).toBe(2);
      expect(journal).toEqual([]);
      expect(await hear(client, "close")).toMatchObject({ code: 1006, reason: "", wasClean: false });
      expect(client.readyState).toBe(3);
      await new Promise(setImmediate);
      expect(journal).toEqual(["error AbortError", "close 1006"]);
    },
  );

  test("its arguments are checked", async () => {
    const client = new WebSocket("ws://127.0.0.1:1/");
    expect(() => client.close(999)).toThrow(invalidAccess());
    expect(client.readyState).toBe(0);
  });

  test("what is sent then is counted and dropped", async () => {
    const client = new WebSocket("ws://127.0.0.1:1/");
    client.close();
    client.send("€");
    client.send(new Uint8Array(5));
    client.send(new Blob(["ab"]));
    expect(client.bufferedAmount).toBe(3 + 5 + 2);
    client.ping();
    await hear(client, "close");
    client.send("more");
    expect(client.bufferedAmount).toBe(14);
  });

  test("inside the open event it is an ordinary close", async () => {
    await using listener = await listen();
    const client = new WebSocket(listener.url);
    client.onopen = () => client.close(4000);
    expect(await hear(client, "close")).toMatchObject({ code: 4000, wasClean: true });
  });
});

describe("terminate", () => {
  test("cuts the line: close with 1006 at both ends, what waits is lost", async () => {
    await using line = await openLine();
    const journal = journalOf(line.socket);
    const closed = Promise.all([hear(line.client, "close"), hear(line.socket, "close")]);
    line.socket.send("never arrives");
    line.socket.terminate();
    expect(line.socket.readyState).toBe(2);
    line.socket.send("dropped");
    line.socket.close(4000);
    expect(await closed).toMatchObject([{ code: 1006 }, { code: 1006 }]);
    expect(journal).toEqual(["close 1006"]);
  });

  test("of a paused connection drops the messages that wait", async () => {
    await using line = await openLine();
    line.socket.pause();
    const journal = journalOf(line.socket);
    line.client.send("waits");
    line.client.ping();
    await hear(line.client, "pong");
    line.socket.terminate();
    await hear(line.socket, "close");
    expect(journal).toEqual(["close 1006"]);
  });
});

test("after the end no timer is left, whichever way it came", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const listener = await listen();
  for (const end of ["close", "terminate"] as const) {
    const client = await connect(listener.url, { heartbeatIntervalMs: 1000 });
    client[end]();
    await hear(client, "close");
  }
  await listener.server.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
