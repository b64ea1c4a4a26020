import { expect, test } from "vitest";
import * as client from "./index.ts";

test("the layer exports these names", () => {
  expect(Object.keys(client).toSorted()).toEqual([
    "BufferFullError",
    "CloseEvent",
    "Connection",
    "ErrorEvent",
    "ExpiredEvent",
    "GapEvent",
    "MessageEvent",
    "MessageStream",
    "SessionConnection",
    "SessionError",
    "SocketEvent",
    "StateEvent",
    "StreamEvent",
    "WebSocket",
    "connect",
  ]);
});
