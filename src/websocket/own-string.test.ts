import { describe, expect, test } from "vitest";
import { ownString, RepeatedText } from "./own-string.ts";

describe("own strings", () => {
  test.each(["", "chat", "ws://host/\u00e4\u{1f600}"])("%j is the same text", (text) => {
    expect(ownString(text)).toBe(text);
  });

  test("are each text as it is given, whether or not it is repeated", () => {
    const texts = ["a", "a", "b", "", "a", "a"];
    const repeated = new RepeatedText();
    expect(texts.map((text) => repeated.own(text))).toEqual(texts);
  });
});
