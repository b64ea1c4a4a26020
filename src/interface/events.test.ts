import { afterEach, describe, expect, test, vi } from "vitest";
import { CloseEvent, ErrorEvent, MessageEvent, SocketEvent } from "./events.ts";

const target = Object.assign(new EventTarget(), { url: "wss://example.com:8443/live?a=b" });
const end = { code: 4000, reason: "bye", wasClean: true };
const events = {
  open: new SocketEvent("open", target),
  message: new MessageEvent("message", target, "text"),
  error: new ErrorEvent(target, new Error("why")),
  close: new CloseEvent(target, end),
};
const all = Object.entries(events);

describe("events of a socket", () => {
  test.each(all)("%s has what the standard's Event has", (type, event) => {
    expect(event).toMatchObject({
      type,
      target,
      currentTarget: target,
      srcElement: target,
      eventPhase: 2,
      NONE: 0,
      CAPTURING_PHASE: 1,
      AT_TARGET: 2,
      BUBBLING_PHASE: 3,
      bubbles: false,
      cancelable: false,
      composed: false,
      defaultPrevented: false,
      cancelBubble: false,
      returnValue: true,
      isTrusted: true,
    });
    expect(event.composedPath()).toEqual([target]);
    event.preventDefault();
    event.stopPropagation();
    expect(event.defaultPrevented).toBe(false);
  });

  test.each(all)("%s is an Event of ours and of the platform", (_type, event) => {
    expect(event).toBeInstanceOf(Event);
    expect(event).toBeInstanceOf(SocketEvent);
  });

  test("are told apart by their classes, ours and the platform's", () => {
    const classes = [MessageEvent, CloseEvent, ErrorEvent, globalThis.MessageEvent, globalThis.CloseEvent];
    const found = all.map(([, event]) => classes.map((one) => event instanceof one));
    expect(found).toEqual([
      [false, false, false, false, false],
      [true, false, false, true, false],
      [false, false, true, false, false],
      [false, true, false, false, true],
    ]);
  });

  describe("where the platform lacks CloseEvent, as Node 22 does", () => {
    afterEach(() => void vi.unstubAllGlobals());

    test("one is a plain Event there", () => {
      vi.stubGlobal("CloseEvent", undefined);
      expect(events.close).toBeInstanceOf(Event);
      expect(events.close).toBeInstanceOf(CloseEvent);
    });
  });

  test.each(all)("%s lets every attribute of the platform's class be read", (_type, event) => {
    const name = Object.prototype.toString.call(event).slice(8, -1) as "Event";
    for (const { prototype } of [Event, globalThis[name]])
      for (const key of Reflect.ownKeys(prototype))
        expect(() => key in event && event[key as "type"]).not.toThrow();
  });

  test("are taken for the platform's by functions that want these", () => {
    const typeOf = (event: Event): string => event.type;
    const dataOf = (event: globalThis.MessageEvent): unknown => event.data;
    const codeOf = (event: globalThis.CloseEvent): number => event.code;
    expect([typeOf(events.error), dataOf(events.message), codeOf(events.close)]).toEqual([
      "error",
      "text",
      4000,
    ]);
  });

  test("cannot be made others", () => {
    events.open.initEvent();
    events.message.initMessageEvent();
    expect([events.open.type, events.message.data]).toEqual(["open", "text"]);
  });

  test("other values are no instances", () => {
    for (const value of [null, undefined, "text", {}, new Event("open")]) {
      expect(value instanceof SocketEvent).toBe(false);
    }
  });

  test("are named by the interfaces of the standard, where an error is a plain Event", () => {
    expect(all.map(([, event]) => Object.prototype.toString.call(event))).toEqual([
      "[object Event]",
      "[object MessageEvent]",
      "[object Event]",
      "[object CloseEvent]",
    ]);
  });

  test("have one time stamp each", () => {
    const event = new SocketEvent("open", target);
    const now = performance.now();
    expect(event.timeStamp).toBeGreaterThanOrEqual(now);
    expect(event.timeStamp).toBe(event.timeStamp);
  });
});

describe("a message event", () => {
  test("has data, the origin of the socket's URL, and no source", () => {
    expect(events.message).toMatchObject({
      data: "text",
      origin: "wss://example.com:8443",
      lastEventId: "",
      source: null,
      ports: [],
    });
  });

  test.each([{}, { url: "" }])("has no origin where the target is %j", (other) => {
    const event = new MessageEvent("message", Object.assign(new EventTarget(), other), "text");
    expect(event.origin).toBe("");
  });
});

test("an error event has the error's message, also of what is no Error", () => {
  expect(events.error.message).toBe("why");
  expect(new ErrorEvent(target, 4711).message).toBe("4711");
});

test("a close event has code, reason and wasClean", () => {
  expect(events.close).toMatchObject(end);
});
