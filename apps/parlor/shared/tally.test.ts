import { expect, test } from "vitest";
import { DEMO_LIMITS } from "./line-demo.ts";
import { Tally } from "./tally.ts";

function tallyOf(...data: unknown[]): Tally {
  const tally = new Tally();
  for (const item of data) tally.receive(item);
  return tally;
}

test.each([
  [["1", "2", "3"], { arrived: 3, lost: 0, repeated: 0, outOfOrder: 0 }],
  [["1", "5"], { arrived: 2, lost: 3, repeated: 0, outOfOrder: 0 }],
  [["1", "2", "2", "1"], { arrived: 2, lost: 0, repeated: 2, outOfOrder: 0 }],
  [["1", "3", "2"], { arrived: 3, lost: 0, repeated: 0, outOfOrder: 1 }],
  [["4"], { arrived: 1, lost: 3, repeated: 0, outOfOrder: 0 }],
  [[], { arrived: 0, lost: 0, repeated: 0, outOfOrder: 0 }],
])("%j counts as %o", (data, counts) => {
  expect(tallyOf(...data).counts).toEqual(counts);
});

test("what is no number of a message is not counted", () => {
  const others = [
    "0",
    "-1",
    "1.5",
    "",
    "x",
    " 1",
    `${DEMO_LIMITS.messagesMax + 1}`,
    7,
    null,
    new Uint8Array(1),
  ];
  expect(tallyOf(...others).counts.arrived).toBe(0);
});
