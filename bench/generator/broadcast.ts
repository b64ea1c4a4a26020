import type { Effort, MeasuredServer, Sample } from "../workload.ts";
import { openPeers } from "./open-peer.ts";
import { Meter } from "./measure.ts";
import { ReplyChecker } from "./reply-checker.ts";
import { encodeAll, learnReply, makeMessage } from "./traffic.ts";

export interface BroadcastOptions {
  readonly subscribers: number;
  readonly bytes: number;
  /** All publish at once. Default: 1. */
  readonly publishers?: number;
  /** Messages that each publisher writes at once. Default: 1. */
  readonly burst?: number;
}

/** The publishers publish, wait until all subscribers have it all, and publish again. */
export async function runBroadcast(
  server: MeasuredServer,
  effort: Effort,
  options: BroadcastOptions,
): Promise<Sample> {
  const { subscribers, publishers = 1, burst = 1, bytes } = options;
  using receiving = await openPeers(server.target, subscribers, "/subscribe");
  using sending = await openPeers(server.target, publishers, "/publish");
  const unlessLost = <T>(promise: Promise<T>): Promise<T> =>
    receiving.unlessLost(sending.unlessLost(promise));

  // One message, as publishers overtake each other; each has masks of its own.
  const message = makeMessage(server.target, { bytes, seed: 1 });
  const requests = sending.list.map(() => encodeAll(Array.from({ length: burst }, () => message)));
  const [publisher] = sending.list;
  const frames = await unlessLost(
    Promise.all(
      receiving.list.map((subscriber, i) =>
        learnReply(
          subscriber,
          [message],
          () => i === subscribers - 1 && publisher?.write(encodeAll([message])),
        ),
      ),
    ),
  );

  const meter = new Meter(server.pid, effort);
  const perRound = publishers * burst;
  const { promise: end, resolve } = Promise.withResolvers<void>();
  let missing = subscribers;
  const publish = (): void => sending.list.forEach((connection, i) => connection.write(requests[i] ?? ""));
  for (const [i, subscriber] of receiving.list.entries()) {
    const expected = repeat(frames[i], perRound);
    const checker = new ReplyChecker(expected);
    subscriber.onBytes = (chunk) => {
      const isComplete = checker.take(chunk);
      meter.count += (chunk.length / expected.length) * perRound;
      if (!isComplete) return;
      if (--missing > 0) return;
      missing = subscribers;
      if (meter.isOver) resolve();
      else publish();
    };
  }
  publish();
  const sample = await unlessLost(meter.measure());
  await unlessLost(end);
  return sample;
}

function repeat(frame: Buffer | undefined, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => frame ?? Buffer.alloc(0)));
}
