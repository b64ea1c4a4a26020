import type { Payload, StreamKind, StreamOptions } from "../session/index.ts";
import { DeliveryChecker } from "./delivery-checker.ts";
import type { DeliveryReport } from "./delivery-report.ts";
import type { IdRange } from "./id-ranges.ts";
import { SelectionChecker } from "./selection-checker.ts";

/** The streams of every simulated session. */
export const streamOptions: ReadonlyMap<string, StreamOptions> = new Map([
  ["", {}],
  ["side", {}],
  ["bulk", { priority: "bulk" }],
  ["newest", { kind: "latest" }],
  ["lossy", { kind: "lossy", priority: "bulk" }],
]);

const keys = 3;

/** What is known of a flow when a run is over. */
export interface FlowEnd {
  /** Somebody is left who would have reported what is unknown. */
  readonly isWitnessed: boolean;
  /** No session was lost on the way. */
  readonly isComplete: boolean;
  /** What the senders say that they left out. */
  readonly dropped: number;
}

/** One direction of one stream, also across sessions: which messages were sent, and what became of each. */
export class Flow {
  readonly #kind: StreamKind;
  readonly #delivery = new DeliveryChecker();
  readonly #selection: SelectionChecker | undefined;
  readonly #expired: number[] = [];
  readonly #problems: string[] = [];
  sent = 0;
  started = 0;
  expired = 0;
  unknown = 0;

  constructor(stream: string) {
    this.#kind = streamOptions.get(stream)?.kind ?? "reliable";
    if (this.#kind !== "reliable")
      this.#selection = new SelectionChecker(this.#kind === "latest" ? "newest" : "nothing");
  }

  /** What the next message is the newest of. */
  get key(): string {
    return this.#keyOf(this.sent);
  }

  #keyOf(id: number): string {
    return this.#kind === "latest" ? `k${id % keys}` : "";
  }

  /** The payload of the next message, which says which one it is and can be checked. */
  next(bytes: number, isBinary: boolean): Payload {
    const text = `${this.sent}|`.padEnd(bytes, isBinary ? "b" : fillerOf(this.sent));
    return isBinary ? toBytes(text) : text;
  }

  accept(): void {
    const { key } = this;
    const id = this.sent++;
    if (this.#selection === undefined) this.#delivery.accepted(id);
    else this.#selection.accepted(id, key);
  }

  start(payload: Payload): void {
    const id = this.#idOf(payload);
    this.started++;
    if (this.#selection === undefined) this.#delivery.started(id);
    else this.#selection.started(id, this.#keyOf(id));
  }

  #idOf(payload: Payload): number {
    const text = typeof payload === "string" ? payload : toText(payload);
    const begin = text.slice(0, text.indexOf("|") + 1);
    const id = Number(begin.slice(0, -1));
    const filler = typeof payload === "string" ? fillerOf(id) : "b";
    if (begin !== "" && text === begin.padEnd(text.length, filler)) return id;
    this.#problems.push(`message ${begin} is broken`);
    return Number.NaN;
  }

  /** Messages of a reliable stream whose handlers have not begun; of others nobody knows. */
  get underWay(): number {
    return this.#selection === undefined ? this.sent - this.started - this.expired : 0;
  }

  /** The sender is told that the message will not be sent. */
  expire(payload: Payload): void {
    const id = this.#idOf(payload);
    this.expired++;
    this.#expired.push(id);
    if (this.#selection === undefined) this.#delivery.reportedExpired(id);
    else this.#selection.reportedExpired(id, this.#keyOf(id));
  }

  /** The first of the messages that get a number in the session has number 1; those that expired get none. */
  idOfNumber(number: number): number {
    let id = number - 1;
    for (const expired of this.#expired) if (expired <= id) id++;
    return id;
  }

  reportUnknown(range: IdRange): void {
    this.#delivery.reportedUnknown(range);
  }

  /** What is wrong, in sentences. */
  finish({ isWitnessed, isComplete, dropped }: FlowEnd): readonly string[] {
    if (this.#selection !== undefined)
      return [...this.#problems, ...this.#selection.finish({ isComplete, dropped }).problems];
    const report = this.#delivery.finish({ isDrained: isWitnessed });
    this.unknown = report.unknown;
    const isFaulty = isWitnessed ? !report.hasPassed : report.duplicate + report.reordered > 0;
    return [...this.#problems, ...(isFaulty ? [describe(report)] : [])];
  }
}

function describe({ lost, duplicate, reordered, unreportedUnknown, ...others }: DeliveryReport): string {
  const { contradicted, invented, examples } = others;
  return (
    `lost ${lost}, duplicate ${duplicate}, reordered ${reordered}, unreported ${unreportedUnknown}, ` +
    `contradicted ${contradicted}, invented ${invented}; ${JSON.stringify(examples).slice(0, 300)}`
  );
}

/** Characters of one and of two bytes. */
function fillerOf(id: number): string {
  return id % 7 === 0 ? "ü" : "t";
}

function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

function toText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
