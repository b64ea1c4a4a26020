import { expect, test } from "vitest";
import { SelectionChecker } from "./selection-checker.ts";

function checked(keeps: "newest" | "nothing", started: readonly number[]) {
  const checker = new SelectionChecker(keeps);
  for (const id of [0, 1, 2]) checker.accepted(id, id === 1 ? "b" : "a");
  for (const id of started) checker.started(id, id === 1 ? "b" : "a");
  return checker;
}

test("a stream may leave messages out, if it says how many and the newest of each key arrive", () => {
  const report = checked("newest", [1, 2]).finish({ isComplete: true, dropped: 1 });
  expect(report).toEqual({ accepted: 3, started: 2, problems: [] });
});

test("a message that is not accounted for is a problem, unless a session was lost", () => {
  expect(checked("nothing", [0]).finish({ isComplete: true, dropped: 1 }).problems).toHaveLength(1);
  expect(checked("nothing", [0]).finish({ isComplete: false, dropped: 1 }).problems).toEqual([]);
});

test("more that is accounted for than was sent is a problem in any case", () => {
  expect(checked("nothing", [0, 1, 2]).finish({ isComplete: false, dropped: 1 }).problems).toHaveLength(1);
});

test("the newest of a key has to arrive, or expire", () => {
  const missing = checked("newest", [0, 1]).finish({ isComplete: true, dropped: 1 });
  expect(missing.problems).toEqual(['the newest message of key "a" is 2, 0 arrived last']);
  const expired = checked("newest", [0, 1]);
  expired.reportedExpired(2, "a");
  expect(expired.finish({ isComplete: true, dropped: 0 }).problems).toEqual([]);
});

test("an older one that expires changes nothing for the newest", () => {
  const checker = checked("newest", [1, 2]);
  checker.reportedExpired(0, "a");
  expect(checker.finish({ isComplete: true, dropped: 0 }).problems).toEqual([]);
});

test("what starts twice, out of order, or was never accepted, is a problem", () => {
  for (const started of [[0, 0], [2, 0], [3]])
    expect(checked("nothing", started).finish({ isComplete: false, dropped: 0 }).problems).toHaveLength(1);
});
