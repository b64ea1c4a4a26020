import { expect, test } from "vitest";
import type { Inflater } from "../protocol/index.ts";
import { receiverOptions } from "./receiver-options.ts";

const limits = { maxPayload: 1000, maxFragments: 10 };
const inflater: Inflater = { inflate: (compressed) => compressed };

test("receivers that do not inflate share their options, by their limits", () => {
  const options = receiverOptions(limits, undefined);
  expect(options).toMatchObject(limits);
  expect(receiverOptions(limits, undefined)).toBe(options);
  expect(receiverOptions({ ...limits }, undefined)).not.toBe(options);
});

test("an inflater is its connection's own", () => {
  expect(receiverOptions(limits, inflater)).toMatchObject({ ...limits, inflater });
  expect(receiverOptions(limits, undefined).inflater).toBeUndefined();
});
