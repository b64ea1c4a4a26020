import { expect, test, vi } from "vitest";
import { DEMO_LIMITS } from "../../shared/line-demo.ts";
import { LineDemo } from "./line-demo.ts";
import { LineDirector } from "./line-director.ts";

class FakeSession {
  closed: { code: number; reason: string } | null = null;
  readonly received: Record<string, unknown>[] = [];
  readonly #listeners: ((event: { data: unknown }) => void)[] = [];

  send(data: string): void {
    this.received.push(JSON.parse(data) as Record<string, unknown>);
  }
  stream(): { send(data: string): void } {
    return { send: () => {} };
  }
  addEventListener(_type: "message", listener: (event: { data: unknown }) => void): void {
    this.#listeners.push(listener);
  }
  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }
  tell(data: unknown): void {
    for (const listener of this.#listeners) listener({ data });
  }
  of(kind: string): Record<string, unknown>[] {
    return this.received.filter((message) => message["kind"] === kind);
  }
}

function direct(demo = new LineDemo()) {
  const session = new FakeSession();
  const director = new LineDirector(demo, session);
  return { demo, session, director, order: (order: object) => session.tell(JSON.stringify(order)) };
}

test("a page gets a visit of its own, and cuts that one only", () => {
  const demo = new LineDemo();
  const [one, other] = [direct(demo), direct(demo)];
  one.order({ kind: "cut", isTimed: false });
  expect(one.session.of("visit")[0]?.["id"]).not.toBe(other.session.of("visit")[0]?.["id"]);
  expect(one.session.of("network").at(-1)).toMatchObject({ network: { isCut: true } });
  expect(other.session.of("network").at(-1)).toMatchObject({ network: { isCut: false } });
});

test("starting over is another visit with a whole network", () => {
  const { session, order } = direct();
  order({ kind: "cut", isTimed: false });
  order({ kind: "start-over" });
  expect(new Set(session.of("visit").map(({ id }) => id)).size).toBe(2);
  expect(session.of("network").at(-1)).toMatchObject({ network: { mode: "whole", isCut: false } });
});

test("there are so many visits at once, and room again when one has left", () => {
  const demo = new LineDemo();
  const visits = Array.from({ length: DEMO_LIMITS.visitsMax + 1 }, () => direct(demo));
  expect(visits.at(-1)?.session.closed?.code).toBe(1013);
  visits[0]?.order({ kind: "leave" });
  expect(visits[0]?.session.closed).toEqual({ code: 1000, reason: "" });
  expect(direct(demo).session.closed).toBeNull();
  for (const { director } of visits) director.leave();
});

test.each<unknown>(["{", "null", '{"kind":"constructor"}', new Uint8Array(1), "x".repeat(1000)])(
  "%j is no order, and ends the session with 1008",
  (data) => {
    const { session } = direct();
    session.tell(data);
    expect(session.closed?.code).toBe(1008);
  },
);

test("a flood of orders ends the session", () => {
  const { session, order } = direct();
  for (let count = 0; count <= DEMO_LIMITS.orderRate.burst; count++) order({ kind: "mend" });
  expect(session.closed?.code).toBe(1008);
});

test("whoever has left is not counted to any more", () => {
  vi.useFakeTimers();
  const { director } = direct();
  director.leave();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
