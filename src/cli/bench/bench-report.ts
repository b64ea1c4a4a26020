import { CommandError } from "../errors.ts";
import { commandLimits } from "../limits.ts";
import type { LatencyHistogram } from "../load/latency-histogram.ts";
import type { Failures } from "./bench-connections.ts";
import type { ServerCost } from "./server-watch.ts";

/** Latencies in µs; NaN where nothing was timed. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** All that a run of `ropeway bench` has to tell. */
export interface BenchReport {
  readonly url: string;
  /** Connections asked for, and those opened. */
  readonly asked: number;
  readonly opened: number;
  readonly openSeconds: number;
  readonly rate: number | null;
  readonly messageBytes: number;
  readonly burst: number;
  readonly binary: boolean;
  readonly compression: "none" | "agreed" | "declined";
  /** For how long it was measured. */
  readonly seconds: number;
  /** Echoes that came meanwhile, all of them compared with what was sent. */
  readonly messages: number;
  readonly latency: Latency;
  /** Sent, and not echoed some seconds after the end. */
  readonly unanswered: number;
  /** Due by the rate, and not sent, as too many were unanswered. */
  readonly unsent: number;
  readonly lost: Failures;
  readonly wrong: Failures;
  readonly server: ServerCost | null;
  /** The generator took about all that a core gives: the server may be able to do more. */
  readonly generatorIsBusy: boolean;
  /** A signal ended it before its time. */
  readonly interrupted: boolean;
}

export function latencyOf(histogram: LatencyHistogram): Latency {
  return {
    p50: histogram.percentileMicros(50),
    p90: histogram.percentileMicros(90),
    p99: histogram.percentileMicros(99),
    p999: histogram.percentileMicros(99.9),
    max: histogram.maxMicros,
  };
}

/** The worst of what the server did wrong; null if all is well. */
export function failureOf({ asked, wrong, lost, unanswered }: BenchReport): CommandError | null {
  if (wrong.count > 0) {
    return new CommandError("CLI_BENCH_WRONG_ECHO", {
      wrong: wrong.count,
      connections: asked,
      reason: wrong.first,
    });
  }
  if (lost.count > 0) {
    return new CommandError("CLI_BENCH_LOST", { lost: lost.count, connections: asked, reason: lost.first });
  }
  if (unanswered > 0) {
    const seconds = commandLimits.benchDrainMs.default / 1000;
    return new CommandError("CLI_BENCH_UNANSWERED", { messages: unanswered, seconds });
  }
  return null;
}
