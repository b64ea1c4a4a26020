import type { DeliveryFault, FaultExample } from "./delivery-report.ts";

type ExampleKind = DeliveryFault | "unknown";
type Example = { -readonly [Key in keyof FaultExample]: FaultExample[Key] };

const EXAMPLES_MAX = 5;

/** Keeps the first few faults of each kind, with the starts before and after them. */
export class FaultExamples {
  readonly #byKind = new Map<ExampleKind, Example[]>();
  /** Those after which no start has come yet. */
  #open: Example[] = [];
  #lastStarted: number | null = null;

  /** Takes the next start, and its fault if it is one. */
  passStart(id: number, fault: ExampleKind | null): void {
    const extended = fault === null ? undefined : this.#extend(fault, id);
    for (const example of this.#open) if (example !== extended) example.after = id;
    if (this.#open.length > 0) this.#open = extended === undefined ? [] : [extended];
    if (fault !== null && extended === undefined) this.#add(fault, id);
    this.#lastStarted = id;
  }

  /** Takes a fault that is no start. */
  passOther(fault: ExampleKind, id: number): void {
    if (this.#extend(fault, id) === undefined) this.#add(fault, id);
  }

  /** What was started until now is no neighbour of what comes. */
  forgetNeighbours(): void {
    this.#open = [];
    this.#lastStarted = null;
  }

  list(): { readonly [Kind in ExampleKind]?: readonly FaultExample[] } {
    return Object.fromEntries(this.#byKind);
  }

  /** The last fault of this kind, if this one follows it without a gap. */
  #extend(kind: ExampleKind, id: number): Example | undefined {
    const last = this.#byKind.get(kind)?.at(-1);
    if (last === undefined || last.to !== id - 1 || !this.#open.includes(last)) return undefined;
    last.to = id;
    return last;
  }

  #add(kind: ExampleKind, id: number): void {
    const list = this.#byKind.get(kind) ?? [];
    if (list.length === EXAMPLES_MAX) return;
    const example = { from: id, to: id, before: this.#lastStarted, after: null };
    list.push(example);
    this.#byKind.set(kind, list);
    this.#open.push(example);
  }
}
