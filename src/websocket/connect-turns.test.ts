import { expect, test } from "vitest";
import { takeConnectTurn } from "./connect-turns.ts";

/** Whether a turn has come once every promise that can settle by itself has. */
async function hasCome({ comes }: { comes: Promise<unknown> }): Promise<boolean> {
  let has = false;
  void comes.then(() => {
    has = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return has;
}

test("turns of one address come one after another", async () => {
  const [first, second, third] = [takeConnectTurn(["a"]), takeConnectTurn(["a"]), takeConnectTurn(["a"])];
  expect([await hasCome(first), await hasCome(second), await hasCome(third)]).toEqual([true, false, false]);
  first.end();
  expect([await hasCome(second), await hasCome(third)]).toEqual([true, false]);
  second.end();
  expect(await hasCome(third)).toBe(true);
  third.end();
});

test("who gives up waiting lets nobody pass before the turn that he waited for has ended", async () => {
  const [first, second, third] = [takeConnectTurn(["b"]), takeConnectTurn(["b"]), takeConnectTurn(["b"])];
  second.end();
  expect(await hasCome(third)).toBe(false);
  first.end();
  expect(await hasCome(third)).toBe(true);
  third.end();
});

test("a host of several addresses waits for each of them, and other addresses do not wait", async () => {
  const [one, two, both, other] = [["x"], ["y"], ["y", "x"], ["z"]].map(takeConnectTurn);
  expect([await hasCome(both!), await hasCome(other!)]).toEqual([false, true]);
  one!.end();
  expect(await hasCome(both!)).toBe(false);
  two!.end();
  expect(await hasCome(both!)).toBe(true);
  for (const turn of [both!, other!]) turn.end();
});

test("a line that is empty again is forgotten, so that the next one comes at once", async () => {
  const first = takeConnectTurn(["w"]);
  first.end();
  expect(await hasCome(takeConnectTurn(["w"]))).toBe(true);
});
