import { expect, test } from "vitest";
import { Heartbeat } from "./heartbeat.ts";

const probeMs = 5000;

function startHeartbeat(intervalMs = 1000): Heartbeat {
  const heartbeat = new Heartbeat(intervalMs);
  heartbeat.start(0);
  return heartbeat;
}

test("asks a link that was silent for the interval, and not before", () => {
  const heartbeat = startHeartbeat();
  expect(heartbeat.deadline).toBe(1000);
  expect(heartbeat.check(999)).toBeUndefined();
  expect(heartbeat.check(1000)).toBe(1);
});

test("does not ask a link that was heard", () => {
  const heartbeat = startHeartbeat();
  heartbeat.heard();
  expect([heartbeat.check(1000), heartbeat.deadline]).toEqual([undefined, 2000]);
  expect(heartbeat.check(2000)).toBe(1);
});

test("loses a link that does not answer, whatever else it sends", () => {
  const heartbeat = startHeartbeat();
  heartbeat.check(1000);
  heartbeat.heard();
  expect(heartbeat.check(1000 + probeMs - 1)).toBeUndefined();
  expect(heartbeat.check(1000 + probeMs)).toBe("lost");
});

test("keeps a link that answers", () => {
  const heartbeat = startHeartbeat();
  heartbeat.check(1000);
  heartbeat.heard();
  heartbeat.takePong(1);
  expect(heartbeat.isProbing).toBe(false);
  expect(heartbeat.check(1000 + probeMs)).toBeUndefined();
});

test("takes the answer to the last ping only", () => {
  const heartbeat = startHeartbeat();
  heartbeat.probe(0);
  heartbeat.probe(1);
  heartbeat.takePong(1);
  heartbeat.takePong(3);
  expect(heartbeat.isProbing).toBe(true);
});

test("gives a probe its whole time, however soon the link would have been asked", () => {
  const heartbeat = startHeartbeat();
  heartbeat.probe(999);
  expect(heartbeat.check(1000)).toBeUndefined();
  expect(heartbeat.check(999 + probeMs)).toBe("lost");
});

test("without an interval asks only when told to", () => {
  const heartbeat = startHeartbeat(0);
  expect(heartbeat.deadline).toBe(Number.POSITIVE_INFINITY);
  expect(heartbeat.probe(7)).toBe(1);
  expect(heartbeat.deadline).toBe(7 + probeMs);
});

test("asks nothing while there is no link", () => {
  const heartbeat = startHeartbeat();
  heartbeat.probe(0);
  heartbeat.stop();
  expect([heartbeat.isProbing, heartbeat.check(1e9)]).toEqual([false, undefined]);
});
