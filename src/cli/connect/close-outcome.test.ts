import { describe, expect, test } from "vitest";
import { closeExitCode, describeClose } from "./close-outcome.ts";

const byServer = { reason: "", wasClean: true, isOurs: false };

describe("describeClose", () => {
  test.each([
    [1000, "Closed by the server: 1000 (normal closure)"],
    [1001, "Closed by the server: 1001 (going away)"],
    [1005, "Closed by the server: 1005 (no code given)"],
    [1011, "Closed by the server: 1011 (internal error of the server)"],
    [3333, "Closed by the server: 3333 (registered by a library or the application)"],
    [4000, "Closed by the server: 4000 (private to the application)"],
    [2999, "Closed by the server: 2999 (unknown code)"],
  ])("names %i", (code, line) => {
    expect(describeClose({ ...byServer, code })).toBe(line);
  });

  test("blames nobody for a lost connection", () => {
    expect(describeClose({ ...byServer, code: 1006, wasClean: false })).toMatch(
      /^Closed: 1006 \(connection lost/,
    );
  });

  test("says when this side closed", () => {
    expect(describeClose({ ...byServer, code: 1000, isOurs: true })).toMatch(/^Closed by this side: 1000/);
  });

  test("quotes the reason without letting the terminal act on it", () => {
    const line = describeClose({ ...byServer, code: 1000, reason: "bye\x1b[2J\nClosed: 1000" });
    expect(line).toBe('Closed by the server: 1000 (normal closure) "bye\\x1b[2J\\nClosed: 1000"');
  });
});

describe("closeExitCode", () => {
  test.each([1000, 1001, 1005])("is 0 for an ordinary goodbye with %i", (code) => {
    expect(closeExitCode({ ...byServer, code })).toBe(0);
  });

  test.each([1002, 1008, 1009, 1011, 1012, 3000, 4000])("is 3 if the server closes with %i", (code) => {
    expect(closeExitCode({ ...byServer, code })).toBe(3);
  });

  test("is 0 for a code of our own that the server confirmed", () => {
    expect(closeExitCode({ ...byServer, code: 4000, isOurs: true })).toBe(0);
  });

  test("is 3 if the close handshake did not end, whoever began it", () => {
    expect(closeExitCode({ ...byServer, code: 1006, wasClean: false })).toBe(3);
    expect(closeExitCode({ ...byServer, code: 1006, wasClean: false, isOurs: true })).toBe(3);
  });
});
