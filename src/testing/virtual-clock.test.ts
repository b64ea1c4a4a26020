import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createRandom } from "./random.ts";
import { VirtualClock } from "./virtual-clock.ts";

let clock: VirtualClock;
let log: string[];

/** An action that notes its name and the time. */
function note(name: string): () => void {
  return () => log.push(`${name}@${clock.now()}`);
}

function runAll(): void {
  while (clock.runNext());
}

beforeEach(() => {
  clock = new VirtualClock();
  log = [];
});

describe("running the next action", () => {
  test("goes to its time", () => {
    clock.at(30, note("c"));
    clock.at(10, note("a"));
    clock.after(20, note("b"));
    runAll();
    expect(log).toEqual(["a@10", "b@20", "c@30"]);
  });

  test("says whether there was one", () => {
    clock.at(1, note("a"));
    expect([clock.size, clock.runNext(), clock.size, clock.runNext()]).toEqual([1, true, 0, false]);
    expect(clock.now()).toBe(1);
  });

  test("keeps the order of entering at equal times", () => {
    const names = Array.from({ length: 20 }, (_, i) => `${i}`);
    for (const name of names) clock.at(5, note(name));
    runAll();
    expect(log).toEqual(names.map((name) => `${name}@5`));
  });

  test("counts a time that has passed as now, after what is overdue", () => {
    clock = new VirtualClock(100);
    clock.at(50, note("a"));
    clock.after(-10, note("b"));
    runAll();
    expect(log).toEqual(["a@100", "b@100"]);
  });

  test("goes on after an action that threw", () => {
    clock.at(1, () => {
      throw new Error("in the action");
    });
    clock.at(2, note("a"));
    expect(() => clock.runNext()).toThrow("in the action");
    runAll();
    expect(log).toEqual(["a@2"]);
  });
});

describe("running until a time", () => {
  test("includes that time and what actions enter, and stays there", () => {
    clock.at(10, () => clock.after(10, note("b")));
    clock.at(21, note("c"));
    clock.runUntil(20);
    expect([log, clock.now()]).toEqual([["b@20"], 20]);
    clock.runUntil(40);
    expect([log, clock.now()]).toEqual([["b@20", "c@21"], 40]);
  });

  test("does not go back where an action jumped past it", () => {
    clock.at(10, () => clock.jump(100));
    clock.at(50, note("late"));
    clock.runUntil(20);
    expect([log, clock.now()]).toEqual([[], 110]);
  });

  test("is refused for a time that has passed", () => {
    clock = new VirtualClock(10);
    expect(() => clock.runUntil(9)).toThrow("The clock is at 10 ms and does not go back to 9 ms");
  });
});

describe("a jump", () => {
  test("makes everything in between due at once, late and in its order", () => {
    clock.at(20, note("b"));
    clock.at(10, note("a"));
    clock.at(200, note("c"));
    clock.jump(100);
    expect([log, clock.now()]).toEqual([[], 100]);
    clock.runUntil(clock.now());
    expect(log).toEqual(["a@100", "b@100"]);
    runAll();
    expect(log.at(-1)).toBe("c@200");
  });

  test("goes no way back", () => {
    expect(() => clock.jump(-1)).toThrow(RangeError);
  });
});

describe("cancelling", () => {
  test("takes the action off at once", () => {
    const cancel = clock.at(10, note("a"));
    clock.at(20, note("b"));
    cancel();
    expect(clock.size).toBe(1);
    runAll();
    expect(log).toEqual(["b@20"]);
  });

  test("does nothing the second time, nor after the action has run", () => {
    const cancels = [clock.at(10, note("a")), clock.at(20, note("b")), clock.at(30, note("c"))];
    cancels[1]!();
    clock.runNext();
    for (const cancel of cancels.slice(0, 2)) cancel();
    runAll();
    expect(log).toEqual(["a@10", "c@30"]);
  });

  test("works from inside the action itself", () => {
    const cancel = clock.at(10, () => cancel());
    clock.at(20, note("b"));
    runAll();
    expect(log).toEqual(["b@20"]);
  });
});

test.each([[Number.NaN], [Infinity], [-Infinity]])("%o is no time", (ms) => {
  expect(() => new VirtualClock(ms)).toThrow(RangeError);
  expect(() => clock.at(ms, note("a"))).toThrow(RangeError);
  expect(() => clock.after(ms, note("a"))).toThrow(RangeError);
  expect(() => clock.runUntil(ms)).toThrow(RangeError);
  expect(() => clock.jump(ms)).toThrow(RangeError);
});

test("any actions, some of them cancelled, run as a sorted list of the others", () => {
  const entries = fc.array(fc.record({ timeMs: fc.nat(20), isCancelled: fc.boolean() }), { maxLength: 60 });
  const property = fc.property(entries, (list) => {
    clock = new VirtualClock();
    const ran: number[] = [];
    const cancels = list.map(({ timeMs }, i) => clock.at(timeMs, () => ran.push(i)));
    for (const [i, { isCancelled }] of list.entries()) if (isCancelled) cancels[i]!();
    runAll();
    const kept = [...list.keys()].filter((i) => !list[i]!.isCancelled);
    expect(ran).toEqual(kept.toSorted((a, b) => list[a]!.timeMs - list[b]!.timeMs));
  });
  fc.assert(property, { numRuns: 1000 });
});

test("a thousand actions run in their order after a thousand others were cancelled", () => {
  const random = createRandom("cancelled");
  const ran: number[] = [];
  const times = Array.from({ length: 2000 }, () => random.integer(100_000));
  const cancels = times.map((timeMs) => clock.at(timeMs, () => ran.push(timeMs)));
  for (const cancel of cancels.filter((_, i) => i % 2 === 1)) cancel();
  runAll();
  expect(ran).toEqual(times.filter((_, i) => i % 2 === 0).toSorted((a, b) => a - b));
});
