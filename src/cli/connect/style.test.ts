import { describe, expect, test } from "vitest";
import { chooseStyle } from "./style.ts";

describe("chooseStyle", () => {
  test("colours on a terminal and ends each colour", () => {
    const { received, notice, problem } = chooseStyle(true, { TERM: "xterm", NO_COLOR: "" });
    expect([received("a"), notice("b"), problem("c")]).toEqual([
      "\x1b[36ma\x1b[39m",
      "\x1b[2mb\x1b[22m",
      "\x1b[31mc\x1b[39m",
    ]);
  });

  test.each([
    ["no terminal", false, {}],
    ["NO_COLOR", true, { NO_COLOR: "1" }],
    ["a dumb terminal", true, { TERM: "dumb" }],
  ])("leaves text alone with %s", (_name, isTerminal, environment) => {
    const { received, notice, problem } = chooseStyle(isTerminal, environment);
    expect([received("a"), notice("b"), problem("c")]).toEqual(["a", "b", "c"]);
  });
});
