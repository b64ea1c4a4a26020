import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEMO_LIMITS, type DemoReport } from "../../shared/line-demo.ts";
import { Partner } from "./partner.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class FakeSocket {
  readyState = 1;
  isTerminated = false;
  readonly sent: string[] = [];
  #listener: (event: { data: unknown }) => void = () => {};

  send(data: string): void {
    this.sent.push(data);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  addEventListener(_type: "message", listener: (event: { data: unknown }) => void): void {
    this.#listener = listener;
  }
  bring(data: unknown): void {
    this.#listener({ data });
  }
}

function partnerOnBoth() {
  const reports: DemoReport[] = [];
  const partner = new Partner((report) => reports.push(report));
  const [session, plain] = [new FakeSocket(), new FakeSocket()];
  partner.attach("session", session);
  partner.attach("plain", plain);
  partner.run(true);
  return { partner, reports, session, plain };
}

test("a partner counts aloud on both lines alike, when both are there", () => {
  const { session, plain } = partnerOnBoth();
  vi.advanceTimersByTime(3 * DEMO_LIMITS.beatMs);
  expect(session.sent).toEqual(["1", "2", "3"]);
  expect(plain.sent).toEqual(session.sent);
  const alone = new Partner(() => {});
  alone.attach("session", session);
  alone.run(true);
  vi.advanceTimersByTime(DEMO_LIMITS.beatMs);
  expect(alone.report.sent).toBe(0);
});

test("what is said on a closed plain WebSocket is gone, and counting goes on", () => {
  const { partner, plain } = partnerOnBoth();
  plain.readyState = 3;
  vi.advanceTimersByTime(2 * DEMO_LIMITS.beatMs);
  const next = new FakeSocket();
  partner.attach("plain", next);
  vi.advanceTimersByTime(DEMO_LIMITS.beatMs);
  expect([plain.sent, next.sent]).toEqual([[], ["3"]]);
});

test("a partner reports what arrived, by line", () => {
  const { reports, session, plain } = partnerOnBoth();
  session.bring("1");
  plain.bring("2");
  vi.advanceTimersByTime(DEMO_LIMITS.reportMs);
  expect(reports.at(-1)).toMatchObject({ session: { arrived: 1, lost: 0 }, plain: { arrived: 1, lost: 1 } });
});

test("a partner stops at the highest number", () => {
  const { partner } = partnerOnBoth();
  vi.advanceTimersByTime((DEMO_LIMITS.messagesMax + 10) * DEMO_LIMITS.beatMs);
  expect(partner.report.sent).toBe(DEMO_LIMITS.messagesMax);
});

test("a pause ends the counting and not the reports, and an end ends all", () => {
  const { partner, reports, session, plain } = partnerOnBoth();
  partner.run(false);
  vi.advanceTimersByTime(DEMO_LIMITS.reportMs);
  expect(reports).toMatchObject([{ sent: 0 }]);
  partner.stop();
  expect(vi.getTimerCount()).toBe(0);
  expect([session.isTerminated, plain.isTerminated]).toEqual([true, true]);
});
