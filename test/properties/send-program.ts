import { hash } from "node:crypto";
import fc from "fast-check";
import type { WebSocketConnection } from "../../src/websocket/index.ts";

/**
 * Random programs of sends, cut at random into turns of the event loop, and what has to arrive of them. Which of the
 * messages leave in one write is decided by the turns alone, so that nothing of it may be seen at the other end.
 */

/** How a program goes on: in this turn, in another, inside the receipt of a chunk, or when there is room. */
const turns = ["microtask", "nextTick", "immediate", "input", "writable"] as const;

const topics = ["news", "weather"] as const;

type Topic = (typeof topics)[number];

export type Step =
  | { readonly kind: "text" | "binary" | "blob"; readonly size: number }
  | {
      readonly kind: "publish";
      readonly topic: Topic;
      readonly isText: boolean;
      readonly size: number;
      /** Published by the receiver's connection, which then does not get it. */
      readonly isOwn: boolean;
    }
  | { readonly kind: "subscribe" | "unsubscribe"; readonly topic: Topic }
  | { readonly kind: "ping" }
  /** Whether the receiver reads. Before a program waits for anything, all receivers read on. */
  | { readonly kind: "pause" | "resume" }
  /** The steps that follow go to another receiver, where there are several. */
  | { readonly kind: "switch" }
  | { readonly kind: "turn"; readonly by: (typeof turns)[number] };

/** Sizes at which a header grows, a frame leaves the shared memory, and a frame is given away in pieces. */
const edges = [0, 1, 125, 126, 127, 5461, 5462, 16_384, 16_385, 65_535, 65_536, 524_288, 524_289];

export interface ProgramShape {
  /** Default 700,000. */
  readonly bytesMax?: number;
  /** How often a size is anything up to `bytesMax`, where a small one comes 20 times. Default 1. */
  readonly largeWeight?: number;
  readonly publishes?: boolean;
  /** Default 40. */
  readonly stepsMax?: number;
}

export function programs({
  bytesMax = 700_000,
  largeWeight = 1,
  publishes = false,
  stepsMax = 40,
}: ProgramShape = {}): fc.Arbitrary<readonly Step[]> {
  const size = fc.oneof(
    { weight: 20, arbitrary: fc.nat(200) },
    { weight: 3, arbitrary: fc.nat(20_000) },
    { weight: 3, arbitrary: fc.constantFrom(...edges.filter((edge) => edge <= bytesMax)) },
    { weight: largeWeight, arbitrary: fc.nat(bytesMax) },
  );
  const sized = (kind: "text" | "binary" | "blob") => fc.record({ kind: fc.constant(kind), size });
  const bare = fc.constantFrom("ping", "pause", "resume", "switch").map((kind) => ({ kind }));
  const topic = fc.constantFrom(...topics);
  const publication = {
    kind: fc.constant("publish"),
    topic,
    isText: fc.boolean(),
    size,
    isOwn: fc.boolean(),
  };
  const subscription = { kind: fc.constantFrom("subscribe", "subscribe", "unsubscribe"), topic };
  const step = fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 8, arbitrary: sized("text") },
    { weight: 8, arbitrary: sized("binary") },
    { weight: 1, arbitrary: sized("blob") },
    { weight: publishes ? 10 : 0, arbitrary: fc.record(publication) },
    { weight: publishes ? 6 : 0, arbitrary: fc.record(subscription) },
    { weight: 8, arbitrary: bare },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("turn"), by: fc.constantFrom(...turns) }) },
  );
  return fc.array(step, { maxLength: stepsMax, size: "max" });
}

/** Bytes that compress a little and that tell where they were taken from. */
const source = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * i * 31 + (i >> 7)) >> 3));

function makeData(isText: boolean, number: number, size: number): string | Buffer {
  return isText ? textFor(number, size) : bytesFor(number, size);
}

function bytesFor(number: number, size: number): Buffer {
  const at = (number * 7919) % (source.length - size);
  return Buffer.from(source.subarray(at, at + size));
}

const letters = "a é€😀\n";

function textFor(number: number, size: number): string {
  return `${number} ${letters.repeat(Math.ceil(size / letters.length))}`.slice(0, size).toWellFormed();
}

/** A message in a form that compares fast and prints well. */
export function describeMessage(data: string | Uint8Array): string {
  const kind = typeof data === "string" ? "text" : "binary";
  return `${kind} of ${data.length}, ${hash("sha1", data).slice(0, 8)}`;
}

/** Where a program's messages go. */
export interface Receiver {
  /** The sender's end of the connection. */
  readonly socket: WebSocketConnection;
  /** What has to arrive, as `describeMessage` says it. */
  readonly expected: string[];
  /** The payloads of pings sent by this end, in order. */
  readonly pings: string[];
  /** Sends a ping from the other end to this one. */
  nudge(): void;
  pause(): void;
  resume(): void;
}

export interface ProgramEnds {
  readonly receivers: readonly Receiver[];
  /** Publishes to all who are subscribed, and returns how many they are. */
  readonly publish?: (topic: string, data: string | Buffer) => number;
  /** Lets everybody read on. */
  readonly resumeAll: () => void;
  /** Called in the turn of the last step. */
  readonly atEnd?: () => void;
}

let pingCount = 0;

/** Pings with a payload like no other. */
export function pingFrom({ socket, pings }: Pick<Receiver, "socket" | "pings">): void {
  const payload = String(pingCount++);
  pings.push(payload);
  socket.ping(payload);
}

/** Resolves when all steps are done. The steps of one turn run without any `await` between them. */
export function runProgram(steps: readonly Step[], ends: ProgramEnds): Promise<void> {
  return new Promise((resolve, reject) => {
    const runner = new Runner(ends, resolve);
    const go = (at: number): void => {
      try {
        runner.run(steps, at, go);
      } catch (error) {
        reject(new Error(`The program failed at step ${at} or after`, { cause: error }));
      }
    };
    go(0);
  });
}

class Runner {
  readonly #ends: ProgramEnds;
  readonly #finish: () => void;
  #receiver: Receiver;

  constructor(ends: ProgramEnds, finish: () => void) {
    this.#ends = ends;
    this.#finish = finish;
    this.#receiver = ends.receivers[0]!;
  }

  run(steps: readonly Step[], from: number, go: (at: number) => void): void {
    for (let at = from; at < steps.length; at++) {
      const step = steps[at]!;
      if (step.kind === "turn") {
        this.#enter(step.by, () => go(at + 1));
        return;
      }
      this.#take(step, at);
    }
    this.#ends.atEnd?.();
    this.#ends.resumeAll();
    this.#finish();
  }

  #take(step: Exclude<Step, { kind: "turn" }>, number: number): void {
    const receiver = this.#receiver;
    const { receivers } = this.#ends;
    if (step.kind === "ping") pingFrom(receiver);
    else if (step.kind === "pause") receiver.pause();
    else if (step.kind === "resume") receiver.resume();
    else if (step.kind === "switch") {
      this.#receiver = receivers[(receivers.indexOf(receiver) + 1) % receivers.length]!;
    } else if (step.kind === "subscribe") receiver.socket.subscribe(step.topic);
    else if (step.kind === "unsubscribe") receiver.socket.unsubscribe(step.topic);
    else if (step.kind === "publish") this.#publish(step, number);
    else if ("size" in step) this.#send(step.kind, makeData(step.kind === "text", number, step.size));
  }

  #send(kind: "text" | "binary" | "blob", data: string | Buffer): void {
    const { socket, expected } = this.#receiver;
    expected.push(describeMessage(data));
    socket.send(kind === "blob" ? new Blob([data as Buffer<ArrayBuffer>]) : data);
    // What is copied may change at once.
    if (kind === "binary" && data.length <= 16 * 1024) (data as Buffer).fill(0xee);
  }

  #publish({ topic, isText, size, isOwn }: Extract<Step, { kind: "publish" }>, number: number): void {
    const data = makeData(isText, number, size);
    const own = this.#receiver;
    const reached = this.#ends.receivers.filter(
      ({ socket }) => socket.topics.has(topic) && !(isOwn && socket === own.socket),
    );
    for (const { expected } of reached) expected.push(describeMessage(data));
    const count = isOwn ? own.socket.publish(topic, data) : this.#ends.publish?.(topic, data);
    if (count !== reached.length) throw new Error(`publish() told of ${count}, not of ${reached.length}`);
    if (typeof data !== "string") data.fill(0xee);
  }

  #enter(by: (typeof turns)[number], go: () => void): void {
    const receiver = this.#receiver;
    const { socket } = receiver;
    if (by === "microtask") queueMicrotask(go);
    else if (by === "nextTick") process.nextTick(go);
    else if (by === "immediate") setImmediate(go);
    else {
      this.#ends.resumeAll();
      if (by === "writable") void socket.writable().then(go);
      else {
        socket.addEventListener("ping", go, { once: true });
        receiver.nudge();
      }
    }
  }
}
