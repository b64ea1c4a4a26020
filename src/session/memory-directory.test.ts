import { expect, test } from "vitest";
import { MemoryDirectory } from "./memory-directory.ts";

test("knows who claimed a session", async () => {
  const directory = new MemoryDirectory();
  expect(await directory.find("s")).toBeUndefined();
  const place = await directory.claim("s", "node 1", 0);
  expect(await directory.find("s")).toEqual(place);
});

test("lets a session be claimed by who knows its last claim", async () => {
  const directory = new MemoryDirectory();
  const first = await directory.claim("s", "node 1", 0);
  const second = await directory.claim("s", "node 2", first!.fencingToken);
  expect(second!.fencingToken).toBeGreaterThan(first!.fencingToken);
  expect(await directory.claim("s", "node 3", first!.fencingToken)).toBeUndefined();
  expect(await directory.find("s")).toEqual(second);
});

test("forgets a session for its last owner only", async () => {
  const directory = new MemoryDirectory();
  const first = await directory.claim("s", "node 1", 0);
  const second = await directory.claim("s", "node 2", first!.fencingToken);
  await directory.release("s", first!.fencingToken);
  expect(await directory.find("s")).toEqual(second);
  await directory.release("s", second!.fencingToken);
  await directory.release("s", second!.fencingToken);
  expect(await directory.find("s")).toBeUndefined();
});
