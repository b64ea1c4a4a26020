import { expect, test } from "vitest";
import { ReceivePool } from "./receive-pool.ts";

test("gives what there is beside the room for one message", () => {
  const pool = new ReceivePool(100, 40);
  expect([pool.draw(50), pool.draw(50), pool.draw(1)]).toEqual([50, 10, 0]);
});

test("draws nothing for a negative wish", () => {
  const pool = new ReceivePool(100, 40);
  expect([pool.draw(-5), pool.draw(100)]).toEqual([0, 60]);
});

test("lets one message end when nothing else is left", () => {
  const pool = new ReceivePool(100, 40);
  pool.draw(60);
  expect([pool.drawForMessage(40), pool.drawForMessage(1)]).toEqual([true, false]);
});

test("takes the room of a message only when there is no other", () => {
  const pool = new ReceivePool(100, 40);
  expect([pool.drawForMessage(60), pool.drawForMessage(40)]).toEqual([true, true]);
});

test("has no room for a message that is too long", () => {
  const pool = new ReceivePool(100, 40);
  pool.draw(60);
  expect(pool.drawForMessage(41)).toBe(false);
});

test("fills the room of a message first when something is given back", () => {
  const pool = new ReceivePool(100, 40);
  pool.draw(60);
  pool.drawForMessage(40);
  pool.giveBack(30);
  expect([pool.draw(1), pool.drawForMessage(1)]).toEqual([0, false]);
  pool.giveBack(15);
  expect([pool.draw(9), pool.drawForMessage(40)]).toEqual([5, true]);
});

test("gives nothing while it owes more than it has, and still lets a message end", () => {
  const pool = new ReceivePool(100, 40);
  pool.owe(90);
  pool.giveBack(30);
  expect([pool.draw(1), pool.drawForMessage(40)]).toEqual([0, true]);
});
