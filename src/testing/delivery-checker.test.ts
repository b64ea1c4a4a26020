import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DeliveryChecker } from "./delivery-checker.ts";
import { deliveryFates, type DeliveryReport } from "./delivery-report.ts";

interface Run {
  /** How many messages are accepted before anything else; ids from 0. */
  readonly accepted?: number;
  readonly started?: readonly number[];
  readonly expired?: readonly number[];
  readonly cancelled?: readonly number[];
  readonly unknown?: readonly { from: number; to: number }[];
  readonly isDrained?: boolean;
}

function check(run: Run): DeliveryReport {
  const checker = new DeliveryChecker();
  for (let id = 0; id < (run.accepted ?? 0); id++) checker.accepted(id);
  for (const id of run.expired ?? []) checker.reportedExpired(id);
  for (const id of run.cancelled ?? []) checker.reportedCancelled(id);
  for (const range of run.unknown ?? []) checker.reportedUnknown(range);
  for (const id of run.started ?? []) checker.started(id);
  return checker.finish({ isDrained: run.isDrained ?? true });
}

/** The counts that are not zero. */
function countsOf(report: DeliveryReport): Record<string, number> {
  const counts = Object.entries(report).filter(([, value]) => typeof value === "number" && value > 0);
  return Object.fromEntries(counts);
}

describe("a run passes", () => {
  test.each<{ what: string; run: Run; counts: Record<string, number> }>([
    { what: "without a message", run: {}, counts: {} },
    {
      what: "with each message once and in order",
      run: { accepted: 4, started: [0, 1, 2, 3] },
      counts: { accepted: 4, ok: 4 },
    },
    {
      what: "with messages missing in a range that was reported",
      run: { accepted: 6, started: [0, 1, 5], unknown: [{ from: 1, to: 4 }] },
      counts: { accepted: 6, ok: 3, unknown: 3 },
    },
    {
      what: "with a reported range past the last message",
      run: { accepted: 2, started: [0], unknown: [{ from: 1, to: Infinity }] },
      counts: { accepted: 2, ok: 1, unknown: 1 },
    },
    {
      what: "with what expired or was cancelled left out, unknown or not",
      run: { accepted: 4, started: [0, 3], expired: [1], cancelled: [2], unknown: [{ from: 0, to: 3 }] },
      counts: { accepted: 4, ok: 2, expired: 1, cancelled: 1 },
    },
  ])("$what", ({ run, counts }) => {
    const report = check(run);
    expect(countsOf(report)).toEqual(counts);
    expect(report.hasPassed).toBe(true);
  });
});

describe("a run fails", () => {
  test.each<{ what: string; run: Run; counts: Record<string, number> }>([
    {
      what: "with a message lost in the middle",
      run: { accepted: 3, started: [0, 2] },
      counts: { accepted: 3, ok: 2, lost: 1 },
    },
    {
      what: "with the last message lost",
      run: { accepted: 3, started: [0, 1] },
      counts: { accepted: 3, ok: 2, lost: 1 },
    },
    {
      what: "with one lost beside a reported range",
      run: { accepted: 5, started: [0, 4], unknown: [{ from: 1, to: 2 }] },
      counts: { accepted: 5, ok: 2, unknown: 2, lost: 1 },
    },
    {
      what: "with a message started twice, however often",
      run: { accepted: 3, started: [0, 1, 1, 1, 2] },
      counts: { accepted: 3, ok: 2, duplicate: 1 },
    },
    {
      what: "with messages started again after a later one",
      run: { accepted: 3, started: [0, 1, 2, 0, 1] },
      counts: { accepted: 3, ok: 1, duplicate: 2 },
    },
    {
      what: "with a message started after a later one",
      run: { accepted: 4, started: [0, 3, 1, 2] },
      counts: { accepted: 4, ok: 2, reordered: 2 },
    },
    {
      what: "with a message started that was reported as expired",
      run: { accepted: 2, started: [0, 1], expired: [0] },
      counts: { accepted: 2, ok: 1, contradicted: 1 },
    },
    {
      what: "with a message started that was reported as cancelled",
      run: { accepted: 2, started: [0, 1], cancelled: [1] },
      counts: { accepted: 2, ok: 1, contradicted: 1 },
    },
    {
      what: "with a message started that nobody sent",
      run: { accepted: 2, started: [0, 2, 1] },
      counts: { accepted: 2, ok: 2, invented: 1 },
    },
    {
      what: "with fates reported of messages that nobody sent",
      run: { accepted: 1, started: [0], expired: [1], cancelled: [-1] },
      counts: { accepted: 1, ok: 1, invented: 2 },
    },
    {
      what: "undrained, with a message passed over",
      run: { accepted: 4, started: [0, 2], isDrained: false },
      counts: { accepted: 4, ok: 2, lost: 1, unreportedUnknown: 1 },
    },
  ])("$what", ({ run, counts }) => {
    const report = check(run);
    expect(countsOf(report)).toEqual(counts);
    expect(report.hasPassed).toBe(false);
  });

  test("whose ids are not consecutive, as then the test itself is wrong", () => {
    const checker = new DeliveryChecker();
    for (const id of [0, 2, 0, 1]) checker.accepted(id);
    const report = checker.finish({ isDrained: false });
    expect(countsOf(report)).toEqual({ accepted: 2, unreportedUnknown: 2, misnumbered: 2 });
    expect(report.hasPassed).toBe(false);
  });
});

test("a run that is not drained passes where what is missing at its end was reported", () => {
  const unknown = [{ from: 2, to: 3 }];
  const report = check({ accepted: 4, started: [0, 1], unknown, isDrained: false });
  expect([report.hasPassed, countsOf(report)]).toEqual([true, { accepted: 4, ok: 2, unknown: 2 }]);
});

describe("examples", () => {
  test("of missing messages name the run of them and the starts around it", () => {
    const unknown = [{ from: 6, to: 9 }];
    expect(check({ accepted: 10, started: [0, 1, 4], unknown }).examples).toEqual({
      lost: [
        { from: 2, to: 3, before: 1, after: 4 },
        { from: 5, to: 5, before: 4, after: null },
      ],
      unknown: [{ from: 6, to: 9, before: 4, after: null }],
    });
  });

  test("of repeated and late messages name what was started before and after", () => {
    expect(check({ accepted: 7, started: [0, 1, 2, 1, 2, 3, 5, 4, 6] }).examples).toEqual({
      duplicate: [{ from: 1, to: 2, before: 2, after: 3 }],
      reordered: [{ from: 4, to: 4, before: 5, after: 6 }],
    });
  });

  test("of invented and contradicted messages do so, too", () => {
    expect(check({ accepted: 3, started: [0, 9, 1, 2], expired: [1] }).examples).toEqual({
      invented: [{ from: 9, to: 9, before: 0, after: 1 }],
      contradicted: [{ from: 1, to: 1, before: 0, after: 2 }],
    });
  });

  test("are the first five of a kind", () => {
    const started = Array.from({ length: 20 }, (_, i) => 2 * i + 1);
    const { lost, examples } = check({ accepted: 40, started });
    expect(lost).toBe(20);
    expect(examples.lost?.map(({ from }) => from)).toEqual([0, 2, 4, 6, 8]);
  });
});

describe("ids", () => {
  test("can begin anywhere", () => {
    const checker = new DeliveryChecker({ firstId: -3 });
    for (let id = -3; id < 3; id++) checker.accepted(id);
    for (const id of [-3, -2, 0, 1, 2, -4]) checker.started(id);
    expect(countsOf(checker.finish({ isDrained: true }))).toEqual({
      accepted: 6,
      ok: 5,
      lost: 1,
      invented: 1,
    });
  });

  test.each([[Number.NaN], [0.5], [2 ** 53]])("do not begin with %o", (firstId) => {
    expect(() => new DeliveryChecker({ firstId })).toThrow(RangeError);
  });

  test("of any kind at all never throw", () => {
    const strange: unknown[] = [
      NaN,
      -1,
      0.5,
      2 ** 53,
      Infinity,
      -Infinity,
      3,
      "0",
      0n,
      null,
      {},
      Symbol("id"),
    ];
    const checker = new DeliveryChecker();
    checker.accepted(0);
    checker.started(0);
    for (const id of strange as number[]) {
      checker.started(id);
      checker.reportedExpired(id);
      checker.reportedCancelled(id);
      checker.accepted(id);
    }
    const report = checker.finish({ isDrained: true });
    expect(countsOf(report)).toEqual({ accepted: 1, ok: 1, invented: 36, misnumbered: 12 });
  });
});

describe("a start that is told before its message was accepted", () => {
  test("is judged when it was", () => {
    const checker = new DeliveryChecker();
    for (const id of [0, 1, 2, 1, 4, 3]) checker.started(id);
    for (let id = 0; id < 5; id++) checker.accepted(id);
    expect(countsOf(checker.finish({ isDrained: true }))).toEqual({
      accepted: 5,
      ok: 3,
      duplicate: 1,
      reordered: 1,
    });
  });

  test("makes no other one reordered if it was invented", () => {
    const checker = new DeliveryChecker();
    for (const id of [100, 0, 1]) checker.started(id);
    for (let id = 0; id < 2; id++) checker.accepted(id);
    expect(countsOf(checker.finish({ isDrained: true }))).toEqual({ accepted: 2, ok: 2, invented: 1 });
  });

  test("waits for a million others, then it counts as invented", () => {
    const checker = new DeliveryChecker();
    for (let i = 0; i < 2 ** 20 + 10; i++) checker.started(0);
    checker.accepted(0);
    expect(countsOf(checker.finish({ isDrained: true }))).toEqual({
      accepted: 1,
      duplicate: 1,
      invented: 10,
    });
  });
});

/** A second way to judge, slower and from the definitions. */
function judgeSlowly(accepted: number, started: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = { accepted };
  const count = (fate: string): void => void (counts[fate] = (counts[fate] ?? 0) + 1);
  for (let id = 0; id < accepted; id++) {
    const first = started.indexOf(id);
    if (first === -1) count("lost");
    else if (started.lastIndexOf(id) !== first) count("duplicate");
    else count(started.slice(0, first).some((other) => other > id && other < accepted) ? "reordered" : "ok");
  }
  for (const id of started) if (id >= accepted) count("invented");
  return counts;
}

test("any starts, told before or after, give each message the fate that the definitions give it", () => {
  const starts = fc.array(fc.record({ id: fc.nat(12), told: fc.nat(12) }), { maxLength: 16 });
  const property = fc.property(fc.nat(10), starts, (accepted, list) => {
    const checker = new DeliveryChecker();
    let next = 0;
    for (const { id, told } of list) {
      while (next < Math.min(told, accepted)) checker.accepted(next++);
      checker.started(id);
    }
    while (next < accepted) checker.accepted(next++);
    const { accepted: sum, ...fates } = countsOf(checker.finish({ isDrained: true }));
    const wanted = judgeSlowly(
      accepted,
      list.map(({ id }) => id),
    );
    expect({ accepted: sum ?? 0, ...fates }).toEqual(wanted);
  });
  fc.assert(property, { numRuns: 2000 });
});

test("a million messages are each given a fate", () => {
  const checker = new DeliveryChecker();
  for (let id = 0; id < 1_000_000; id++) {
    checker.accepted(id);
    if (id % 1000 !== 0) checker.started(id);
  }
  checker.reportedUnknown({ from: 500_000, to: 999_999 });
  const report = checker.finish({ isDrained: true });
  expect(countsOf(report)).toEqual({ accepted: 1_000_000, ok: 999_000, lost: 500, unknown: 500 });
  expect(deliveryFates.reduce((sum, fate) => sum + report[fate], 0)).toBe(1_000_000);
});
