import { describe, expect, test, vi } from "vitest";
import { MemoryPressure } from "./memory-pressure.ts";

const window = { messages: 1024, bytes: 262_144 };

/** A thousand bytes may be held; `holders` are what is there, `wakes` how often it wanted to be woken. */
function pressureOver(...held: number[]) {
  const holders = held.map((heldBytes) => ({ heldBytes, setWindow: vi.fn<(given: object) => void>() }));
  const wakes = vi.fn<(delayMs: number) => void>();
  const pressure = new MemoryPressure({ heldBytesMax: 1000, window, holders: () => holders, wakeIn: wakes });
  return { pressure, holders, wakes };
}

describe("MemoryPressure", () => {
  test("counts nothing before half of what may be held has arrived", () => {
    const { pressure, holders } = pressureOver(2_000);
    pressure.noteReceived(499);
    expect(holders[0]!.setWindow).not.toHaveBeenCalled();
    expect(pressure.window).toEqual(window);
  });

  test("halves the windows of all while too much is held, down to one message", () => {
    const { pressure, holders, wakes } = pressureOver(600, 500);
    pressure.noteReceived(500);
    expect(holders[1]!.setWindow).toHaveBeenLastCalledWith({ messages: 512, bytes: 131_072 });
    for (let count = 0; count < 20; count++) pressure.handleTimeout();
    expect(pressure.window).toEqual({ messages: 1, bytes: 256 });
    expect(holders[0]!.setWindow).toHaveBeenCalledTimes(10);
    expect(wakes).toHaveBeenLastCalledWith(1000);
  });

  test("doubles them again when half is free, and then looks no more", () => {
    const { pressure, holders, wakes } = pressureOver(1_001);
    pressure.noteReceived(500);
    pressure.handleTimeout();
    holders[0]!.heldBytes = 501;
    pressure.handleTimeout();
    expect(pressure.window.messages).toBe(256);
    holders[0]!.heldBytes = 499;
    pressure.handleTimeout();
    pressure.handleTimeout();
    expect([pressure.window, pressure.isHigh]).toEqual([window, false]);
    const before = wakes.mock.calls.length;
    pressure.handleTimeout();
    expect(wakes).toHaveBeenCalledTimes(before);
  });

  test("does not count for every message while much is held", () => {
    const { pressure, holders } = pressureOver(900);
    const counted = vi.spyOn(holders[0]!, "heldBytes", "get").mockReturnValue(900);
    for (let count = 0; count < 625; count++) pressure.noteReceived(1);
    expect(counted).toHaveBeenCalledTimes(2);
  });
});
