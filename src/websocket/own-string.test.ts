import { expect, test } from "vitest";
import { ownString } from "./own-string.ts";

test.each(["", "chat", "ws://host/\u00e4\u{1f600}"])("%j has the same text in memory of its own", (text) => {
  expect(ownString(text)).toBe(text);
});
