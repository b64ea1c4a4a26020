import { inspect } from "node:util";
import { expect, test } from "vitest";
import { CloseEvent, ErrorEvent, MessageEvent, SocketEvent } from "./events.ts";

test("events are printed by Node with their names and facts, and without their target", () => {
  const target = new EventTarget();
  const all = [
    new SocketEvent("open", target),
    new MessageEvent("message", target, "text"),
    new ErrorEvent(target, new Error("why")),
    new CloseEvent(target, { code: 4000, reason: "bye", wasClean: true }),
  ];
  expect(all.map((event) => inspect(event).split("\n")[0])).toEqual([
    "SocketEvent { type: 'open' }",
    "MessageEvent { type: 'message', data: 'text' }",
    "ErrorEvent {",
    "CloseEvent { type: 'close', code: 4000, reason: 'bye', wasClean: true }",
  ]);
});
