import { expect, test } from "vitest";
import * as index from "./index.ts";

test("the layer exports these classes and functions", () => {
  expect(Object.keys(index).toSorted()).toEqual([
    "BufferFullError",
    "ConnectionEvent",
    "MemoryDirectory",
    "Server",
    "ServerError",
    "SessionConnection",
    "SessionError",
    "createServer",
    "defineConfig",
  ]);
});
