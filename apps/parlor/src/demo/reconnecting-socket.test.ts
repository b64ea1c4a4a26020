import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LineState } from "../connection/line-state.ts";
import { ReconnectingSocket, RETRY } from "./reconnecting-socket.ts";

class FakeWebSocket {
  static readonly OPEN = 1;
  static made: FakeWebSocket[] = [];
  readyState = 0;
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeWebSocket.made.push(this);
  }
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(): void {
    this.readyState = 2;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

function latest(): FakeWebSocket {
  return FakeWebSocket.made.at(-1) as FakeWebSocket;
}

function start() {
  const states: LineState[] = [];
  const messages: unknown[] = [];
  const socket = new ReconnectingSocket("ws://test/", {
    onState: (state) => states.push(state),
    onMessage: (data) => messages.push(data),
  });
  return { socket, states, messages };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.spyOn(Math, "random").mockReturnValue(1);
  FakeWebSocket.made = [];
  vi.stubGlobal("WebSocket", FakeWebSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("it sends and brings messages while it is open, and drops what is sent at other times", () => {
  const { socket, messages } = start();
  socket.send("early");
  latest().open();
  socket.send("in time");
  latest().onmessage?.({ data: "1" });
  latest().end(1006);
  socket.send("late");
  expect(FakeWebSocket.made.flatMap(({ sent }) => sent)).toEqual(["in time"]);
  expect(messages).toEqual(["1"]);
});

test("when it closes it is opened again, later each time until it was open", () => {
  const { states } = start();
  latest().end(1006);
  expect(states.at(-1)).toMatchObject({ phase: "suspended", end: { code: 1006 }, retryAtMs: RETRY.firstMs });
  vi.advanceTimersByTime(RETRY.firstMs);
  latest().end(1006);
  vi.advanceTimersByTime(2 * RETRY.firstMs - 1);
  expect(FakeWebSocket.made.length).toBe(2);
  vi.advanceTimersByTime(1);
  latest().open();
  expect(states.at(-1)?.phase).toBe("connected");
  latest().end(1006);
  vi.advanceTimersByTime(RETRY.firstMs);
  expect(FakeWebSocket.made.length).toBe(4);
});

test("it can be told to try now, and does so once", () => {
  const { socket } = start();
  socket.retryNow();
  latest().end(1006);
  socket.retryNow();
  vi.advanceTimersByTime(60_000);
  expect(FakeWebSocket.made.length).toBe(2);
});

test("closed, it is not opened again", () => {
  const { socket } = start();
  latest().end(1006);
  socket.close();
  vi.advanceTimersByTime(60_000);
  expect(FakeWebSocket.made.length).toBe(1);
});
