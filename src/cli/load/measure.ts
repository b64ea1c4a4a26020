const pollMs = 10;

/** What goes on, and when to look at it. */
export interface MeasureOptions {
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** What is done so far: messages, connections; parts count. */
  readonly count: () => number;
  /** What it has cost so far. */
  readonly cpuMicros: () => number;
  /** The warm-up is over. */
  readonly onWarm?: () => void;
  /** Ends it early, with what there is. */
  readonly signal?: AbortSignal;
}

/** What was done while it was measured, and at which cost. */
export interface Measured {
  readonly count: number;
  readonly seconds: number;
  readonly cpuMicros: number;
}

/**
 * Counts what is done between the end of the warm-up and the end of the time. Both are put off until something has been
 * done, so that there is something to measure, but not for longer than the time itself.
 */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { warmUpMs, measureMs, count, cpuMicros, onWarm, signal } = options;
  const waitFor = async (isDone: () => boolean): Promise<void> => {
    for (let ms = 0; ms < measureMs && !isDone() && !isAborted(signal); ms += pollMs)
      await wait(pollMs, signal);
  };
  await wait(warmUpMs, signal);
  await waitFor(() => count() > 0);
  onWarm?.();
  const before = { count: count(), cpuMicros: cpuMicros(), at: performance.now() };
  await wait(measureMs, signal);
  await waitFor(() => count() > before.count);
  return {
    count: count() - before.count,
    seconds: (performance.now() - before.at) / 1000,
    cpuMicros: cpuMicros() - before.cpuMicros,
  };
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Resolves after this time, or when the signal comes. */
export async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (isAborted(signal)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
    resolve();
  };
  const timer = setTimeout(end, milliseconds);
  signal?.addEventListener("abort", end);
  return promise;
}
