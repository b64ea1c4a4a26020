import { expect, test } from "vitest";
import * as index from "./index.ts";

test("the layer exports these classes and tables", () => {
  expect(Object.keys(index).toSorted()).toEqual([
    "CloseEvent",
    "ConnectionError",
    "ConnectionEvent",
    "ErrorEvent",
    "HandshakeError",
    "MessageEvent",
    "ProtocolError",
    "SocketEvent",
    "WebSocket",
    "WebSocketConnection",
    "WebSocketServer",
    "websocketLimits",
  ]);
});
