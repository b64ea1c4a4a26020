import { DEMO_LIMITS, type DemoOrder } from "../../shared/line-demo.ts";
import { TokenBucket } from "../token-bucket.ts";
import type { LineDemo } from "./line-demo.ts";
import type { DirectingSession, LineVisit } from "./line-visit.ts";

export interface OrderingSession extends DirectingSession {
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  close(code: number, reason: string): void;
}

/** The session by which a page directs its own demonstration, and no other. Call `leave` at its end. */
export class LineDirector {
  readonly #demo: LineDemo;
  readonly #session: OrderingSession;
  readonly #orders = new TokenBucket(DEMO_LIMITS.orderRate, Date.now());
  #visit: LineVisit | null = null;

  constructor(demo: LineDemo, session: OrderingSession) {
    this.#demo = demo;
    this.#session = session;
    session.addEventListener("message", ({ data }) => this.#receive(data));
    this.#begin();
  }

  leave(): void {
    if (this.#visit !== null) this.#demo.endVisit(this.#visit);
    this.#visit = null;
  }

  #begin(): void {
    this.#visit = this.#demo.beginVisit(this.#session);
    if (this.#visit === null) this.#end(1013, `${DEMO_LIMITS.visitsMax} people are trying this already`);
  }

  #receive(data: unknown): void {
    if (this.#visit === null) return;
    const order = parseOrder(data);
    if (order === null || !this.#orders.take(Date.now())) return this.#end(1008, "Not an order");
    if (order.kind === "leave") return this.#end(1000, "");
    if (order.kind !== "start-over") return this.#visit.follow(order);
    this.leave();
    this.#begin();
  }

  #end(code: number, reason: string): void {
    this.leave();
    this.#session.close(code, reason);
  }
}

/** Null for what is none. */
function parseOrder(data: unknown): DemoOrder | null {
  if (typeof data !== "string" || data.length > DEMO_LIMITS.orderCharsMax) return null;
  const { kind, isTimed, isRunning } = parseRecord(data);
  switch (kind) {
    case "mend":
    case "storm":
    case "start-over":
    case "leave":
      return { kind };
    case "cut":
      return { kind, isTimed: isTimed === true };
    case "run":
      return { kind, isRunning: isRunning === true };
    default:
      return null;
  }
}

function parseRecord(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
