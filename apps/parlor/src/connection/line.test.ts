import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LINE_TIMES, Line, type LineState } from "./line.ts";

class FakeWebSocket {
  static readonly OPEN = 1;
  static made: FakeWebSocket[] = [];
  readyState = 0;
  bufferedAmount = 0;
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

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
  end(code: number, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

function latest(): FakeWebSocket {
  const socket = FakeWebSocket.made.at(-1);
  if (socket === undefined) throw new Error("No connection was made");
  return socket;
}

function lineWithStates(): { line: Line; states: LineState[]; texts: string[] } {
  const states: LineState[] = [];
  const texts: string[] = [];
  const line = new Line(
    { url: "ws://test/", probe: "ping", random: () => 0.5 },
    { onState: (state) => states.push(state), onText: (text) => texts.push(text), onBytes() {} },
  );
  return { line, states, texts };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeWebSocket.made = [];
  vi.stubGlobal("WebSocket", FakeWebSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a line", () => {
  test("goes from connecting to open and brings messages", () => {
    const { states, texts } = lineWithStates();
    latest().open();
    latest().onmessage?.({ data: "hello" });
    expect(states).toEqual([{ phase: "connecting", after: null }, { phase: "open" }]);
    expect(texts).toEqual(["hello"]);
  });

  test("takes nothing while it is not open, and says so", () => {
    const { line } = lineWithStates();
    expect(line.send("early")).toBe(false);
    latest().open();
    expect(line.send("in time")).toBe(true);
    latest().end(1006);
    expect(line.send("late")).toBe(false);
    expect(latest().sent).toEqual(["in time"]);
  });

  test("says why it is down and when it tries again", () => {
    const { line } = lineWithStates();
    latest().open();
    latest().end(1001, "Going away");
    expect(line.state).toEqual({
      phase: "waiting",
      end: { code: 1001, reason: "Going away" },
      retryAtMs: Date.now() + LINE_TIMES.retryFirstMs,
    });
  });

  test("waits longer after each failure, up to a limit", () => {
    const { line } = lineWithStates();
    const delays = Array.from({ length: 7 }, () => {
      latest().end(1006);
      const delayMs = line.state.phase === "waiting" ? line.state.retryAtMs - Date.now() : 0;
      vi.advanceTimersByTime(delayMs);
      return delayMs;
    });
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(FakeWebSocket.made.length).toBe(8);
  });

  test("starts from the first delay again once it has heard something, not when it opened", () => {
    const { line } = lineWithStates();
    function delayAfter(end: () => void): number {
      end();
      const delayMs = line.state.phase === "waiting" ? line.state.retryAtMs - Date.now() : 0;
      vi.advanceTimersByTime(delayMs);
      latest().open();
      return delayMs;
    }
    expect(delayAfter(() => latest().end(1013))).toBe(500);
    expect(delayAfter(() => latest().end(1013))).toBe(1000);
    latest().onmessage?.({ data: "welcome" });
    expect(delayAfter(() => latest().end(1001))).toBe(500);
  });

  test("does not try again by itself after a refusal, but when asked to", () => {
    const { line } = lineWithStates();
    latest().open();
    latest().end(1008, "Join first");
    vi.advanceTimersByTime(3_600_000);
    expect(line.state.phase).toBe("stopped");
    line.retryNow();
    expect(line.state).toMatchObject({ phase: "connecting", after: { code: 1008 } });
    expect(FakeWebSocket.made.length).toBe(2);
  });

  test("that does not open in time is given up", () => {
    const { line } = lineWithStates();
    vi.advanceTimersByTime(LINE_TIMES.connectMs);
    expect(line.state).toMatchObject({ phase: "waiting", end: { code: 1006 } });
  });

  test("closed by its owner stays closed", () => {
    const { line } = lineWithStates();
    latest().open();
    line.close();
    latest().end(1000);
    vi.advanceTimersByTime(3_600_000);
    expect(FakeWebSocket.made.length).toBe(1);
  });
});

describe("a quiet line", () => {
  test("is asked, and stays open if it answers", () => {
    const { line } = lineWithStates();
    latest().open();
    for (let round = 0; round < 3; round++) {
      vi.advanceTimersByTime(LINE_TIMES.quietMs);
      latest().onmessage?.({ data: "pong" });
      vi.advanceTimersByTime(LINE_TIMES.answerMs);
    }
    expect(latest().sent).toEqual(["ping", "ping", "ping"]);
    expect(line.state.phase).toBe("open");
  });

  test("that does not answer is given up", () => {
    const { line } = lineWithStates();
    latest().open();
    vi.advanceTimersByTime(LINE_TIMES.quietMs + LINE_TIMES.answerMs);
    expect(line.state).toMatchObject({ phase: "waiting", end: { code: 1006, reason: "No sign of life." } });
  });

  test("is not given up while something is still on its way out", () => {
    const { line } = lineWithStates();
    latest().open();
    latest().bufferedAmount = 1;
    vi.advanceTimersByTime(LINE_TIMES.quietMs + LINE_TIMES.answerMs);
    expect(line.state.phase).toBe("open");
  });

  test("that is busy is not asked", () => {
    lineWithStates();
    latest().open();
    for (let second = 0; second < 60; second++) {
      vi.advanceTimersByTime(1000);
      latest().onmessage?.({ data: "talk" });
    }
    expect(latest().sent).toEqual([]);
  });
});
