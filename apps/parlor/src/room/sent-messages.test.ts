import { expect, test } from "vitest";
import { SentMessages } from "./sent-messages.ts";

test("entries are found by their place among all messages of their stream", () => {
  const sent = new SentMessages();
  for (const ref of ["a", null, "b", "c"]) sent.note("", ref);
  sent.note("pictures", "p");
  expect(sent.refsIn("", 2, 3)).toEqual(["b"]);
  expect(sent.refsIn("pictures", 1, 9)).toEqual(["p"]);
  expect(sent.refsIn("live", 1, 9)).toEqual([]);
});

test("another connection counts from 1", () => {
  const sent = new SentMessages();
  sent.note("", "a");
  sent.startOver();
  sent.note("", "b");
  expect(sent.refsIn("", 1, 1)).toEqual(["b"]);
});
