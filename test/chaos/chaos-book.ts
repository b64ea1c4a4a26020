import { DeliveryChecker, type DeliveryFault, type DeliveryReport } from "../../src/testing/index.ts";
import type { Flow } from "./chaos-flow.ts";
import type { Ledger } from "./chaos-ledger.ts";
import type { Direction } from "./direction.ts";

interface Page {
  readonly flow: Flow;
  readonly checker: DeliveryChecker;
}

export const tallied = [
  "accepted",
  "ok",
  "lost",
  "duplicate",
  "reordered",
  "unknown",
  "invented",
  "misnumbered",
] as const satisfies readonly ("accepted" | "ok" | "unknown" | DeliveryFault)[];

/** The messages of one direction, by what became of them. */
export type Tally = Readonly<Record<(typeof tallied)[number], number>>;

/** The ledger of a whole run: what both processes tell of each flow, and the checker of each. */
export class ChaosBook implements Ledger {
  readonly #pages: readonly Page[];
  readonly #wanted: number;
  /** How many messages were sent and begun, of all flows of a direction. */
  readonly sent: Record<Direction, number> = { up: 0, down: 0 };
  readonly begun: Record<Direction, number> = { up: 0, down: 0 };
  failures = 0;

  constructor(flows: readonly Flow[]) {
    this.#pages = flows.map((flow) => ({ flow, checker: new DeliveryChecker() }));
    this.#wanted = flows.reduce((sum, { messages }) => sum + messages, 0);
  }

  /** Goes up with everything that happens. */
  get progress(): number {
    return this.sent.up + this.sent.down + this.begun.up + this.begun.down;
  }

  /** Whether as many handlers began as messages were to be sent: then all did, or something is wrong. */
  get isFull(): boolean {
    return this.progress >= this.#wanted * 2;
  }

  accepted(index: number, id: number): void {
    const { flow, checker } = this.#pages[index]!;
    checker.accepted(id);
    this.sent[flow.direction]++;
  }

  started(index: number, id: number): void {
    const { flow, checker } = this.#pages[index]!;
    checker.started(id);
    this.begun[flow.direction]++;
  }

  failed(): void {
    this.failures++;
  }

  /** Call it once, at the end. */
  finish(): { readonly tallies: Record<Direction, Tally>; readonly examples: readonly string[] } {
    const reports = this.#pages.map(({ flow, checker }) => ({
      flow,
      report: checker.finish({ isDrained: true }),
    }));
    const of = (direction: Direction): Tally =>
      sumOf(reports.filter(({ flow }) => flow.direction === direction).map(({ report }) => report));
    const examples = reports
      .filter(({ report }) => !report.hasPassed || report.unknown > 0)
      .map(({ flow, report }) => `${nameOf(flow)}: ${JSON.stringify(report.examples)}`);
    return { tallies: { up: of("up"), down: of("down") }, examples };
  }
}

function sumOf(reports: readonly DeliveryReport[]): Tally {
  const sum = (name: (typeof tallied)[number]): number =>
    reports.reduce((total, report) => total + report[name], 0);
  return Object.fromEntries(tallied.map((name) => [name, sum(name)])) as Tally;
}

function nameOf({ connection, stream, direction }: Flow): string {
  return `connection ${connection}, stream "${stream}", ${direction}`;
}
