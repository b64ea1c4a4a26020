import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEMO_LIMITS, type DemoNetwork } from "../../shared/line-demo.ts";
import { type Carried, Network } from "./network.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function networkWith(...carried: Carried[]) {
  const states: DemoNetwork[] = [];
  const network = new Network(
    (state) => states.push(state),
    () => 0,
  );
  for (const one of carried) network.add(one);
  return { network, states };
}

test("a cut breaks off all that is carried, and lets nothing new through until it is mended", () => {
  const carried = [{ cut: vi.fn<() => void>() }, { cut: vi.fn<() => void>() }];
  const { network, states } = networkWith(...carried);
  network.cut({ isTimed: false });
  for (const { cut } of carried) expect(cut).toHaveBeenCalledOnce();
  expect(network.admits).toBe(false);
  network.mend();
  expect(network.admits).toBe(true);
  expect(states.map(({ isCut }) => isCut)).toEqual([true, false]);
});

test("a timed cut mends itself, and only that one", () => {
  const { network } = networkWith();
  network.cut({ isTimed: true });
  vi.advanceTimersByTime(DEMO_LIMITS.cutMs - 1);
  expect(network.admits).toBe(false);
  vi.advanceTimersByTime(1);
  expect(network.state).toEqual({ mode: "whole", isCut: false });
  network.cut({ isTimed: true });
  network.cut({ isTimed: false });
  vi.advanceTimersByTime(60_000);
  expect(network.state).toEqual({ mode: "cut", isCut: true });
});

test("a storm cuts and mends until it is over", () => {
  const { network, states } = networkWith();
  network.storm();
  const { cutMs, wholeMs } = DEMO_LIMITS.badNetwork;
  vi.advanceTimersByTime(2 * (cutMs[0] + wholeMs[0]));
  expect(states.map(({ isCut }) => isCut)).toEqual([true, false, true, false, true]);
  network.mend();
  vi.advanceTimersByTime(60_000);
  expect(network.state).toEqual({ mode: "whole", isCut: false });
});

test("so many connections fit in, and one that is gone leaves room", () => {
  const carried = Array.from({ length: DEMO_LIMITS.relaysMax }, () => ({ cut: vi.fn<() => void>() }));
  const { network } = networkWith(...carried);
  expect(network.admits).toBe(false);
  network.remove(carried[0] as Carried);
  expect(network.admits).toBe(true);
});

test("a closed network lets nothing through and mends no more", () => {
  const carried = { cut: vi.fn<() => void>() };
  const { network, states } = networkWith(carried);
  network.cut({ isTimed: true });
  network.close();
  vi.advanceTimersByTime(60_000);
  expect(network.admits).toBe(false);
  expect(states.length).toBe(1);
});
