import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Silence } from "./silence.ts";

describe("Silence", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function watch(silence: Silence) {
    const ended = vi.fn<() => void>();
    void silence.begin().then(ended);
    return ended;
  }

  test("ends when nothing happened for the time given", async () => {
    const ended = watch(new Silence(1000, () => false));
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalledOnce();
  });

  test("begins anew with everything that happens", async () => {
    const silence = new Silence(1000, () => false);
    silence.break();
    const ended = watch(silence);
    await vi.advanceTimersByTimeAsync(999);
    silence.break();
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalledOnce();
  });

  test("goes on for as long as there is something to do", async () => {
    const isBusy = vi
      .fn<() => boolean>()
      .mockReturnValueOnce(true)
      .mockReturnValueOnce(true)
      .mockReturnValue(false);
    const ended = watch(new Silence(1000, isBusy));
    await vi.advanceTimersByTimeAsync(2999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalledOnce();
  });

  test("never ends when it is told to wait for ever, or was stopped", async () => {
    const forEver = watch(new Silence(Number.POSITIVE_INFINITY, () => false));
    const silence = new Silence(1000, () => false);
    const stopped = watch(silence);
    silence.stop();
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(forEver).not.toHaveBeenCalled();
    expect(stopped).not.toHaveBeenCalled();
  });
});
