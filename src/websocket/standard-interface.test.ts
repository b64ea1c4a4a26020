import { afterEach, describe, expect, test } from "vitest";
import { openLine } from "../../test/websocket/line.ts";
import { WebSocket, WebSocketConnection } from "./index.ts";

const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
const attributes = ["url", "readyState", "bufferedAmount", "extensions", "protocol", "binaryType"];
const handlers = ["onopen", "onerror", "onclose", "onmessage"];
const members = [...attributes, ...handlers, "close", "send"];

/** A client that does not open: nothing listens there. */
function newClient(): WebSocket {
  return new WebSocket("ws://127.0.0.1:1/");
}

describe("the constants (Web IDL §3.7.5)", () => {
  test.each([
    ["the constructor", () => WebSocket],
    ["the prototype", () => WebSocket.prototype],
    ["a server's connection's constructor", () => WebSocketConnection],
    ["a server's connection's prototype", () => WebSocketConnection.prototype],
  ])("are on %s for good", (_name, where) => {
    for (const [name, value] of Object.entries(states)) {
      expect(Object.getOwnPropertyDescriptor(where(), name)).toEqual({
        value,
        enumerable: true,
        writable: false,
        configurable: false,
      });
    }
  });

  test("are on each socket", () => {
    expect(newClient()).toMatchObject(states);
  });
});

describe("the members (Web IDL §3.7.6, §3.7.7)", () => {
  test.each(members)("%s is the prototype's own, enumerable and configurable", (name) => {
    const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
    expect(descriptor).toMatchObject({ enumerable: true, configurable: true });
    expect(Object.hasOwn(newClient(), name)).toBe(false);
  });

  test("are all that can be enumerated besides the constants", () => {
    expect(Object.keys(WebSocket.prototype).toSorted()).toEqual(
      [...Object.keys(states), ...members].toSorted(),
    );
  });

  test.each(["url", "readyState", "bufferedAmount", "extensions", "protocol"])("%s cannot be set", (name) => {
    expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, name)).toMatchObject({ set: undefined });
  });

  describe("once changed on the prototype", () => {
    const before = Object.getOwnPropertyDescriptors(WebSocket.prototype);
    afterEach(() => {
      Object.defineProperty(WebSocket.prototype, "bufferedAmount", before.bufferedAmount);
      Object.defineProperty(WebSocket.prototype, "readyState", before.readyState);
    });

    test("are changed, and gone once deleted", () => {
      const client = newClient();
      Object.defineProperty(WebSocket.prototype, "bufferedAmount", { get: () => "other" });
      expect(client.bufferedAmount).toBe("other");
      delete (WebSocket.prototype as { bufferedAmount?: number }).bufferedAmount;
      expect(client.bufferedAmount).toBeUndefined();
    });

    test("do not lead the socket itself astray", async () => {
      const client = newClient();
      Object.defineProperty(WebSocket.prototype, "readyState", { get: () => 1, configurable: true });
      expect(() => client.send("too early")).toThrow(DOMException);
      const closed = new Promise((resolve) => client.addEventListener("close", resolve));
      client.close();
      expect(await closed).toMatchObject({ code: 1006 });
    });
  });
});

test.each(["onopen", "onmessage", "onerror", "onclose", "ondrain"] as const)(
  "%s is what it was set to",
  (name) => {
    const client = newClient();
    expect(client[name]).toBeNull();
    const handler = (): void => {};
    client[name] = handler;
    expect(client[name]).toBe(handler);
    client[name] = null;
    expect(client[name]).toBeNull();
  },
);

describe("the classes", () => {
  test("take their arguments as the standard counts them", () => {
    expect([WebSocket.length, WebSocket.prototype.send.length]).toEqual([1, 1]);
    expect(WebSocket.name).toBe("WebSocket");
    expect(Object.prototype.toString.call(newClient())).toBe("[object WebSocket]");
  });

  test("a client is a WebSocket, a connection and an EventTarget", () => {
    class Derived extends WebSocket {}
    const derived = new Derived("ws://127.0.0.1:1/");
    for (const one of [Derived, WebSocket, WebSocketConnection, EventTarget])
      expect(derived).toBeInstanceOf(one);
    expect(newClient()).not.toBeInstanceOf(Derived);
  });

  test("a server's connection is a connection and no client", async () => {
    await using line = await openLine();
    expect(line.socket).toBeInstanceOf(WebSocketConnection);
    expect(line.socket).not.toBeInstanceOf(WebSocket);
    expect(Object.prototype.toString.call(line.socket)).toBe("[object WebSocket]");
    for (const value of [null, undefined, {}, "text"])
      expect(value instanceof WebSocketConnection).toBe(false);
  });
});
