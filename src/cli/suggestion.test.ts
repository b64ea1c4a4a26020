import { describe, expect, test } from "vitest";
import { nearestWord } from "./suggestion.ts";

const words = ["host", "port", "static", "origins", "graceMs"];

describe("nearestWord", () => {
  test.each([
    ["prot", "port"],
    ["ports", "port"],
    ["Port", "port"],
    ["sttic", "static"],
    ["origin", "origins"],
    ["gracems", "graceMs"],
    ["orgin", "origins"],
  ])("finds for %s the word %s", (typed, word) => {
    expect(nearestWord(typed, words)).toBe(word);
  });

  test.each(["", "x", "cert", "database", "__proto__"])("finds nothing for %j", (typed) => {
    expect(nearestWord(typed, words)).toBeNull();
  });
});
