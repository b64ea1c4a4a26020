import { describe, expect, test } from "vitest";
import { checkDeflateOptions } from "./deflate-options.ts";

const roles = ["client", "server"] as const;

describe.each(roles)("perMessageDeflate of a %s", (role) => {
  test("may leave out everything", () => {
    expect(() => checkDeflateOptions({}, role)).not.toThrow();
  });

  test.each([
    ["serverNoContextTakeover", [true, false, undefined]],
    ["clientNoContextTakeover", [true, false, undefined]],
    ["serverMaxWindowBits", [9, 15, undefined]],
    ["clientMaxWindowBits", [9, 15, undefined]],
    ["threshold", [0, 1024, Number.MAX_SAFE_INTEGER]],
    ["level", [-1, 0, 9]],
    ["memLevel", [1, 9]],
  ])("%s may be any of %j", (name, values) => {
    for (const value of values) expect(() => checkDeflateOptions({ [name]: value }, role)).not.toThrow();
  });

  test.each([
    ["serverMaxWindowBits", 16],
    ["serverMaxWindowBits", 7],
    ["clientMaxWindowBits", 0],
    ["clientMaxWindowBits", 9.5],
    ["clientMaxWindowBits", Number.NaN],
    ["clientMaxWindowBits", "9"],
    ["clientMaxWindowBits", true],
    ["threshold", -1],
    ["threshold", Number.POSITIVE_INFINITY],
    ["level", -2],
    ["level", 10],
    ["memLevel", 0],
    ["memLevel", null],
  ])("%s may not be %j", (name, value) => {
    expect(() => checkDeflateOptions({ [name]: value }, role)).toThrow(RangeError);
  });

  test.each(["serverNoContextTakeover", "clientNoContextTakeover"])("%s is a boolean", (name) => {
    expect(() => checkDeflateOptions({ [name]: "yes" }, role)).toThrow(
      new TypeError(`perMessageDeflate.${name} is "yes", allowed are true and false`),
    );
  });
});

test("window bits of our own begin at 9, as zlib keeps to no less", () => {
  expect(() => checkDeflateOptions({ serverMaxWindowBits: 8 }, "server")).toThrow(
    new RangeError("perMessageDeflate.serverMaxWindowBits is 8, allowed are integers from 9 to 15"),
  );
  expect(() => checkDeflateOptions({ clientMaxWindowBits: 8 }, "client")).toThrow(
    new RangeError("perMessageDeflate.clientMaxWindowBits is 8, allowed are integers from 9 to 15"),
  );
});

test("window bits asked of the peer begin at 8", () => {
  expect(() => checkDeflateOptions({ clientMaxWindowBits: 8 }, "server")).not.toThrow();
  expect(() => checkDeflateOptions({ serverMaxWindowBits: 8 }, "client")).not.toThrow();
});
