import { describe, expect, test } from "vitest";
import { isPromised, promiseMistake } from "./promised.ts";

/** A thenable that is no Promise. */
// oxlint-disable-next-line unicorn/no-thenable -- what is told apart here
const thenable = { then: (resolve: (value: unknown) => void) => resolve(true) };

describe("a promise", () => {
  test.each([[Promise.resolve(1)], [thenable]])("is told from a value: %o", (value) => {
    expect(isPromised(value)).toBe(true);
  });

  test.each([[undefined], [null], [true], ["then"], [{}], [() => {}]])("is not %o", (value) => {
    expect(isPromised(value)).toBe(false);
  });
});

test("an object whose then is no function is no promise", () => {
  // oxlint-disable-next-line unicorn/no-thenable -- what is told apart here
  expect(isPromised({ then: 1 })).toBe(false);
});

describe("a function that must be synchronous", () => {
  test.each([[Promise.resolve(true)], [thenable]])("made a mistake by returning %o", (returned) => {
    const mistake = promiseMistake("origins", returned);
    expect(mistake).toBeInstanceOf(TypeError);
    expect(mistake?.message).toBe(
      "origins returned a Promise; it must be synchronous, use verifyClient for what takes time",
    );
  });

  test.each([[true], [undefined], [null], ["chat"], [{}]])("may return %o", (returned) => {
    expect(promiseMistake("origins", returned)).toBeUndefined();
  });

  test("need not see to the rejection of what it returned", async () => {
    // The test runner fails a run with an unhandled rejection.
    expect(promiseMistake("origins", Promise.reject(new Error("no")))).toBeInstanceOf(TypeError);
    await Promise.resolve();
  });
});
