import { ReplyReader } from "../../src/cli/load/reply-reader.ts";
import type { Effort, MeasuredServer, Sample } from "../workload.ts";
import { openPeers } from "./open-peer.ts";
import { takeSample } from "./sample.ts";
import { makeMessage, repeat } from "./traffic.ts";

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

  // One message, as publishers overtake each other; each has masks of its own.
  const message = makeMessage(server.target, { bytes, seed: 1 });
  const requests = sending.list.map(() => repeat(message, burst).request);
  const perRound = publishers * burst;
  const round = repeat(message, perRound);
  const { promise: end, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  let missing = subscribers;
  const publish = (): void => sending.list.forEach((connection, i) => connection.write(requests[i]!));
  const readers = receiving.list.map((subscriber) => {
    const reader = new ReplyReader(round, () => {});
    let expected = perRound;
    subscriber.onBytes = (chunk) => {
      reader.take(chunk);
      if (reader.messages < expected) return;
      if (reader.messages > expected) throw new Error("More came than was published");
      expected += perRound;
      if (--missing > 0) return;
      missing = subscribers;
      if (isOver) resolve();
      else publish();
    };
    return reader;
  });
  publish();
  const count = (): number => readers.reduce((sum, { messages }) => sum + messages, 0);
  const unlessLost = <T>(promise: Promise<T>): Promise<T> =>
    receiving.unlessLost(sending.unlessLost(promise));
  const sample = await unlessLost(takeSample(server, effort, { count }));
  isOver = true;
  await unlessLost(end);
  return sample;
}
