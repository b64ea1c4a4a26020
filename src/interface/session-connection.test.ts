import { describe, expect, test } from "vitest";
import { holdLine, microtasks, openLine } from "../../test/pure/fake-session.ts";
import { SessionError } from "../session/index.ts";
import { MessageStream } from "./message-stream.ts";
import { SessionConnection } from "./session-connection.ts";
import { SocketEvent } from "./events.ts";

const end = { code: 4000, reason: "enough", wasClean: true };

describe("the interface of the standard", () => {
  test("is there: state, address, subprotocol, no extensions", () => {
    const { socket } = openLine();
    const { readyState, url, protocol, extensions } = socket;
    expect({ readyState, url, protocol, extensions }).toEqual({
      readyState: 1,
      url: "ws://localhost/ropeway",
      protocol: "chat",
      extensions: "",
    });
  });

  test("has its constants on the class and on each connection", () => {
    const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
    for (const [name, value] of Object.entries(states)) expect(SessionConnection).toHaveProperty(name, value);
    expect(openLine().socket).toMatchObject(states);
  });

  test("looks like a WebSocket, and is a stream and an EventTarget", () => {
    const { socket } = openLine();
    expect(Object.prototype.toString.call(socket)).toBe("[object WebSocket]");
    for (const one of [SessionConnection, MessageStream, EventTarget]) expect(socket).toBeInstanceOf(one);
  });

  test.each(["onopen", "onclose", "ongap", "onstream"] as const)("%s is what it was set to", (name) => {
    const { socket } = openLine();
    expect(socket[name]).toBeNull();
    const handler = (): void => {};
    socket[name] = handler;
    expect(socket[name]).toBe(handler);
  });
});

describe("close", () => {
  test.each([
    [[], "close 1005 "],
    [[1000], "close 1000 "],
    [[3000, "bye"], "close 3000 bye"],
    [[undefined, "bye"], "close 1000 bye"],
    [[1011, "failed"], "close 1011 failed"],
  ] as [[number?, string?], string][])("with %j asks the session for %j", (given, asked) => {
    const { socket, session } = openLine();
    socket.close(...given);
    expect([session.log, socket.readyState]).toEqual([[asked], 2]);
    socket.close(...given);
    expect(session.log).toHaveLength(1);
  });

  test.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000])("does not take code %d", (code) => {
    const { socket } = openLine();
    expect(() => socket.close(code)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
    expect(socket.readyState).toBe(1);
  });

  test("of a client takes 1000 and the application's codes alone", () => {
    const { socket } = openLine({ isServer: false });
    expect(() => socket.close(1001)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
    expect(() => socket.close(4999)).not.toThrow();
  });

  test("takes a reason of 123 bytes and no more", () => {
    const { socket } = openLine();
    expect(() => socket.close(1000, "ä".repeat(62))).toThrow(
      expect.objectContaining({ name: "SyntaxError" }),
    );
    expect(() => socket.close(1000, "ä".repeat(61))).not.toThrow();
  });

  test("lets go what nobody listens to, on every stream, as the other end waits for it", () => {
    const { socket, session, core, receive, receiveOn } = openLine();
    receive("1");
    core.onStream(session.stream("named before"));
    receiveOn(session.stream("named before"), "2");
    expect(session.main.log).toEqual([]);
    socket.close();
    receiveOn(session.stream("named after"), "3");
    receive("4");
    expect(session.main.log).toEqual(["take", "settle", "take", "settle"]);
    for (const name of ["named before", "named after"])
      expect(session.stream(name).log).toEqual(["take", "settle"]);
  });

  test("of the other end ends sending, and the connection when the session ends", () => {
    const { socket, session, core } = openLine();
    core.onClosing();
    socket.send("too late");
    expect([socket.readyState, session.main.sent]).toEqual([2, []]);
  });
});

describe("the end", () => {
  test("raises close, once", () => {
    const { socket, core, session } = openLine();
    const events: unknown[] = [];
    socket.onerror = () => events.push("error");
    socket.ongap = () => events.push("gap");
    socket.onclose = ({ code, reason, wasClean }) =>
      events.push({ code, reason, wasClean }, socket.readyState);
    core.onEnd(end);
    core.onReadable(session.main);
    expect(events).toEqual([end, 3]);
  });

  test("that is none of ours raises gap and error before", () => {
    const { socket, core } = openLine();
    const events: unknown[] = [];
    const sent = [{ stream: "", from: 1, to: 2 }];
    const error = new SessionError("SESSION_LOST");
    socket.ongap = (event) => events.push([event.sent, event.received]);
    socket.onerror = (event) => events.push(event.error);
    socket.onclose = ({ code }) => events.push(code);
    core.onEnd({ code: 3005, reason: "", wasClean: false, gap: { sent, received: [] }, error });
    expect(events).toEqual([[sent, []], error, 3005]);
  });

  test("with nothing unknown raises no gap", () => {
    const { socket, core } = openLine();
    let gaps = 0;
    socket.ongap = () => gaps++;
    core.onEnd({ code: 1006, reason: "", wasClean: false, gap: { sent: [], received: [] } });
    expect(gaps).toBe(0);
  });

  test("follows the messages that a listener still takes", async () => {
    const { socket, core, receive } = openLine();
    const events: unknown[] = [];
    let settle = (): void => {};
    socket.onmessage = ({ data }) => {
      events.push(data);
      return new Promise<void>((resolve) => (settle = resolve));
    };
    socket.onclose = () => events.push("close");
    receive("1", "2");
    core.onEnd(end);
    settle();
    await microtasks();
    expect(events).toEqual(["1", "2", "close"]);
  });

  test("does not wait for somebody to listen", () => {
    const { socket, core, receive } = openLine();
    receive("1");
    core.onEnd(end);
    expect(socket.readyState).toBe(3);
  });
});

describe("terminate", () => {
  test("ends the session and drops the messages that wait, without an error", async () => {
    const { socket, session, core, receive } = openLine();
    const events: unknown[] = [];
    socket.onmessage = ({ data }) => events.push(data);
    socket.onerror = () => events.push("error");
    socket.onclose = ({ code }) => events.push(code);
    socket.pause();
    receive("1");
    socket.terminate();
    expect(session.log).toEqual(["terminate"]);
    core.onEnd({ code: 1006, reason: "", wasClean: false, error: new SessionError("SESSION_TERMINATED") });
    socket.resume();
    expect(events).toEqual([1006]);
    socket.terminate();
    expect(session.log).toHaveLength(1);
  });
});

describe("stream", () => {
  test("returns the same one for the same name", () => {
    const { socket } = openLine();
    expect(socket.stream("a")).toBe(socket.stream("a"));
    expect(socket.stream("a")).not.toBe(socket.stream("b"));
  });

  test("that the other end named is announced, once", () => {
    const { socket, session, core } = openLine();
    const names: string[] = [];
    socket.onstream = ({ stream }) => names.push(stream.name, String(stream === socket.stream(stream.name)));
    core.onStream(session.stream("theirs"));
    core.announce();
    expect(names).toEqual(["theirs", "true"]);
  });

  test("is announced to the first listener, after the connection handler has returned", async () => {
    const { socket, session, core } = holdLine();
    const names: string[] = [];
    for (const name of ["asked for", "theirs"]) core.onStream(session.stream(name));
    socket.stream("asked for");
    core.release();
    expect(names).toEqual([]);
    socket.onstream = ({ stream }) => names.push(stream.name);
    await microtasks();
    expect(names).toEqual(["theirs"]);
  });

  test("is not announced while the connection handler runs", () => {
    const { socket, session, core } = holdLine();
    const names: string[] = [];
    socket.onstream = ({ stream }) => names.push(stream.name);
    core.onStream(session.stream("theirs"));
    expect(names).toEqual([]);
    core.release();
    expect(names).toEqual(["theirs"]);
  });

  test("has messages that wait for it", async () => {
    const { socket, session, receiveOn } = openLine();
    receiveOn(session.stream("theirs"), "1");
    const iterator = socket.stream("theirs")[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: "1" });
  });
});

describe("a client's", () => {
  test("state is CONNECTING until it is open, and sends meanwhile", () => {
    const { socket, core, session } = openLine({ isServer: false });
    expect(socket.readyState).toBe(0);
    socket.send("early");
    expect(session.main.sent).toEqual(["early"]);
    core.open(new SocketEvent("open", socket));
    expect(socket.readyState).toBe(1);
  });

  test("open event comes once, and not after close", () => {
    const { socket, core } = openLine({ isServer: false });
    let opens = 0;
    socket.onopen = () => opens++;
    socket.close();
    core.open(new SocketEvent("open", socket));
    expect([opens, socket.readyState]).toEqual([0, 2]);
  });
});
