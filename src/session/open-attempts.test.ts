import { expect, test } from "vitest";
import type { Open } from "./control-frame.ts";
import { OpenAttempts } from "./open-attempts.ts";

function attempt(linkEpoch: number): Open {
  return { nonce: "n", linkEpoch } as Open;
}

test("only the last attempt with a nonce is answered, in whatever order they come and are decided about", () => {
  const attempts = new OpenAttempts();
  for (const linkEpoch of [2, 1, 3]) attempts.begin(attempt(linkEpoch));
  attempts.end(attempt(3));
  expect(() => attempts.checkLatest(attempt(3))).not.toThrow();
  for (const linkEpoch of [1, 2])
    expect(() => attempts.checkLatest(attempt(linkEpoch))).toThrow("goes on by link 3");
});

test("a nonce about which nothing is to be decided is forgotten", () => {
  const attempts = new OpenAttempts();
  for (const linkEpoch of [1, 2]) attempts.begin(attempt(linkEpoch));
  for (const linkEpoch of [1, 2]) attempts.end(attempt(linkEpoch));
  attempts.begin(attempt(1));
  expect(() => attempts.checkLatest(attempt(1))).not.toThrow();
});
