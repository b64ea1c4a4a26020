import { expect, test } from "vitest";
import { Queue } from "./queue.ts";

function queueOf(...items: readonly number[]): Queue<number> {
  const queue = new Queue<number>();
  for (const item of items) queue.push(item);
  return queue;
}

/** A queue from which so many items were taken already. */
function usedQueue(taken: number, ...items: readonly number[]): Queue<number> {
  const queue = queueOf(...Array.from({ length: taken }, () => 0), ...items);
  for (let index = 0; index < taken; index++) queue.shift();
  return queue;
}

test("gives items in the order in which they came", () => {
  const queue = queueOf(1, 2);
  expect([queue.first, queue.shift(), queue.length]).toEqual([1, 1, 1]);
  queue.push(3);
  expect([queue.shift(), queue.shift(), queue.shift(), queue.first, queue.length]).toEqual([
    2,
    3,
    undefined,
    undefined,
    0,
  ]);
});

test.each([0, 1, 31, 32, 33, 40, 100])("keeps its order after %i were taken", (taken) => {
  const queue = usedQueue(taken, ...Array.from({ length: 10 }, (_, index) => index));
  expect([...queue]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([queue.length, queue.at(0), queue.at(9), queue.at(10)]).toEqual([10, 0, 9, undefined]);
});

test("takes out what is not wanted", () => {
  const queue = usedQueue(2, 1, 2, 3, 4);
  expect(queue.remove((item) => item % 2 === 0)).toEqual([2, 4]);
  expect([...queue]).toEqual([1, 3]);
});

test("finds the first that is wanted", () => {
  const queue = usedQueue(2, 1, 2, 3, 4);
  expect(queue.find((item) => item > 1)).toBe(2);
  expect(queue.find((item) => item > 4)).toBeUndefined();
});

test("takes items before all others", () => {
  const queue = usedQueue(2, 3, 4);
  queue.prepend([1, 2]);
  expect([...queue]).toEqual([1, 2, 3, 4]);
});

test("is empty when it was cleared", () => {
  const queue = usedQueue(2, 1);
  queue.clear();
  expect([queue.length, queue.first]).toEqual([0, undefined]);
});

test("holds many, and is usable after they were taken", () => {
  const queue = usedQueue(1000);
  expect(queue.length).toBe(0);
  queue.push(1);
  expect([...queue]).toEqual([1]);
});
