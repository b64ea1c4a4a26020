import { expect, test } from "vitest";
import { payloadBytesOf } from "./send-data.ts";

test("payload is counted as it goes over the line", () => {
  expect(["€", "\ud800", new Uint8Array(3), new Blob(["€€"])].map(payloadBytesOf)).toEqual([3, 3, 3, 6]);
});
