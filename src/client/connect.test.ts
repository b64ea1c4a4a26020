import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeSocket, hello, opened } from "../../test/client/fake-socket.ts";
import { connect, type ConnectOptions, type Connection, SessionConnection } from "./index.ts";

const open: Connection[] = [];

function connectTo(url?: string | URL, options: ConnectOptions = {}): Connection {
  const connection = connect(url, { WebSocket: FakeSocket, log: { warn: () => {} }, ...options });
  open.push(connection);
  return connection;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const connection of open.splice(0)) connection.terminate();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the URL", () => {
  test.each([
    ["https://app.example", "wss://app.example/ropeway"],
    ["http://app.example:8080/", "ws://app.example:8080/ropeway"],
    ["https://app.example?a=b", "wss://app.example/ropeway?a=b"],
    ["wss://app.example/live", "wss://app.example/live"],
    [new URL("https://app.example/live/"), "wss://app.example/live/"],
  ])("%s is %s", (given, url) => {
    expect(connectTo(given).url).toBe(url);
    expect(FakeSocket.last).toMatchObject({ url, protocols: ["ropeway.1"] });
  });

  test.each([
    [undefined, "wss://app.example/ropeway"],
    ["/live", "wss://app.example/live"],
    ["live", "wss://app.example/app/live"],
  ])("%s is relative to the page", (given, url) => {
    vi.stubGlobal("location", { href: "https://app.example/app/page" });
    expect(connectTo(given).url).toBe(url);
  });

  test.each([[undefined], ["/live"], ["ftp://app.example"], ["https://app.example/#top"]])(
    "%s is a SyntaxError where there is no page",
    (given) => {
      expect(() => connectTo(given)).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    },
  );
});

describe("options", () => {
  test("that are no limits are a RangeError", () => {
    expect(() => connectTo("https://a.example", { bufferedBytesMax: -1 })).toThrow(RangeError);
  });

  test("with subprotocols that are none are a SyntaxError", () => {
    expect(() => connectTo("https://a.example", { protocols: ["a b"] })).toThrow(
      expect.objectContaining({ name: "SyntaxError" }),
    );
  });

  test("need a WebSocket where the platform has none", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => connect("https://a.example")).toThrow(/hand in a class/);
  });
});

describe("the connection", () => {
  test("looks like a WebSocket, and tells of its line", () => {
    const connection = connectTo("https://a.example");
    expect(Object.prototype.toString.call(connection)).toBe("[object WebSocket]");
    expect(connection).toBeInstanceOf(SessionConnection);
    expect([connection.state, connection.onstatechange]).toEqual(["connecting", null]);
    const handler = (): void => {};
    connection.onstatechange = handler;
    expect(connection.onstatechange).toBe(handler);
  });

  test("opens with what the server agreed to", () => {
    const connection = connectTo("https://a.example", { protocols: ["chat"] });
    const events: unknown[] = [];
    connection.onstatechange = ({ state, reason }) => events.push([state, reason.text]);
    connection.onopen = () => events.push(connection.readyState);
    FakeSocket.last.opens("ropeway.1");
    FakeSocket.last.receives(hello);
    FakeSocket.last.receives(opened(1, "chat"));
    expect(events).toEqual([["connected", "opened"], 1]);
    expect([connection.protocol, connection.state]).toEqual(["chat", "connected"]);
  });

  test("raises error where no link can be made, and tries again", () => {
    let attempts = 0;
    class Failing extends FakeSocket {
      constructor(url: string, protocols: string | string[]) {
        if (++attempts === 2) throw new Error("not allowed here");
        super(url, protocols);
      }
    }
    const connection = connectTo("https://a.example", { WebSocket: Failing });
    const errors: unknown[] = [];
    connection.onerror = ({ error }) => errors.push(error);
    FakeSocket.last.fails();
    vi.advanceTimersByTime(60_000);
    expect(errors).toEqual([new Error("not allowed here")]);
    expect(attempts).toBeGreaterThan(2);
  });

  test("leaves no timer behind when it ends", () => {
    const connection = connectTo("https://a.example");
    connection.terminate();
    expect([connection.state, connection.readyState, vi.getTimerCount()]).toEqual(["closed", 3, 0]);
  });

  test("probes its link, and opens another beside it, after a sleep", () => {
    connectTo("https://a.example");
    const first = FakeSocket.last;
    first.opens("ropeway.1");
    first.receives(hello);
    first.receives(opened());
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersByTime(25_000);
    expect(first.frames("ping")).toHaveLength(1);
    expect(FakeSocket.last).not.toBe(first);
  });
});

describe("retryNow", () => {
  test("opens another line without waiting for the next attempt", () => {
    const connection = connectTo("https://app.example");
    FakeSocket.last.fails();
    const before = FakeSocket.last;
    connection.retryNow();
    expect(FakeSocket.last).not.toBe(before);
  });
});
