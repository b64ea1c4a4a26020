import type { Random } from "../../src/testing/index.ts";
import type { CuttingProxy, FaultKind } from "./cutting-proxy.ts";
import type { Direction, Directions, Sides } from "./direction.ts";
import type { ProxiedConnection } from "./proxied-connection.ts";

export interface FaultPlan {
  /** Decides everything but the time that things take. */
  readonly random: Random;
  /** How often each kind comes, in proportion to the others; one that is not named never comes. */
  readonly weights: { readonly [Kind in FaultKind]?: number };
  /** How many bytes go through between two faults, on average, all connections and directions together. */
  readonly meanBytes?: number;
  /** How often `countMessage` is called between two faults, on average. */
  readonly meanMessages?: number;
  /** Default: no end. */
  readonly faultsMax?: number;
  /** How probably a fault strikes all connections, not only one. Default: 0.1. */
  readonly allChance?: number;
  /** The longest freeze, after which the connection goes on or is abandoned. Default: 50. */
  readonly freezeMsMax?: number;
  /** The longest delay. Default: 20. */
  readonly delayMsMax?: number;
  /** How long at most new connections are refused or held. Default: 50. */
  readonly outageMsMax?: number;
}

const planDefaults = {
  faultsMax: Infinity,
  allChance: 0.1,
  freezeMsMax: 50,
  delayMsMax: 20,
  outageMsMax: 50,
} as const;

const kinds: readonly FaultKind[] = ["reset", "freeze", "halfClose", "delay", "refuse", "hold"];
const directions: readonly Direction[] = ["up", "down"];
const allDirections: readonly Directions[] = ["up", "down", "both"];
const sides: readonly Sides[] = ["client", "target", "both", "both"];

/** Plays faults at random places, as a plan and its seed say. Dispose it to end that. */
export class FaultPlayer implements Disposable {
  /** The faults so far, in their order. */
  readonly played: FaultKind[] = [];
  readonly #proxy: CuttingProxy;
  readonly #plan: FaultPlan & typeof planDefaults;
  readonly #weightsSum: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #messagesLeft = Infinity;
  #isOver = false;

  /** `RangeError` for a plan in which no fault can come. */
  constructor(proxy: CuttingProxy, plan: FaultPlan) {
    this.#proxy = proxy;
    this.#plan = { ...planDefaults, ...plan } as FaultPlan & typeof planDefaults;
    this.#weightsSum = kinds.reduce((sum, kind) => sum + (plan.weights[kind] ?? 0), 0);
    if (!(this.#weightsSum > 0)) throw new RangeError("A plan of faults needs a weight above 0");
    if (plan.meanBytes === undefined && plan.meanMessages === undefined)
      throw new RangeError("A plan of faults needs meanBytes or meanMessages");
    this.#lightFuse();
    this.#drawMessages();
  }

  /** A message went through, as the test sees it. */
  countMessage(): void {
    if (--this.#messagesLeft > 0) return;
    const { connections } = this.#proxy;
    // Without a connection the fault waits for the next message.
    if (connections.length === 0) return;
    this.#drawMessages();
    this.#strike(this.#plan.random.pick(connections));
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #lightFuse(): void {
    const { meanBytes } = this.#plan;
    if (meanBytes === undefined || this.#isDone()) return;
    this.#proxy.afterBytes(this.#distance(meanBytes), (connection) => {
      this.#strike(connection);
      this.#lightFuse();
    });
  }

  #drawMessages(): void {
    const { meanMessages } = this.#plan;
    if (meanMessages !== undefined) this.#messagesLeft = this.#distance(meanMessages);
  }

  /** At least 1; without memory, as of things that come at any time alike. */
  #distance(mean: number): number {
    return Math.max(1, Math.round(-Math.log(1 - this.#plan.random.next()) * mean));
  }

  #isDone(): boolean {
    return this.#isOver || this.played.length >= this.#plan.faultsMax;
  }

  #strike(connection: ProxiedConnection): void {
    if (this.#isDone()) return;
    const { random, allChance } = this.#plan;
    const kind = this.#drawKind();
    this.played.push(kind);
    const struck = random.chance(allChance) ? this.#proxy.connections : [connection];
    // One draw for all of them, so that how many there are changes nothing in what comes later.
    const fault = random.fork(this.played.length);
    for (const each of struck) this.#play(kind, each, fault.fork("connection"));
    if (kind === "refuse" || kind === "hold") this.#playOutage(kind, fault.fork("outage"));
  }

  #drawKind(): FaultKind {
    let left = this.#plan.random.next() * this.#weightsSum;
    for (const kind of kinds) {
      left -= this.#plan.weights[kind] ?? 0;
      if (left < 0) return kind;
    }
    // Rounding can leave a rest.
    return kinds.findLast((kind) => (this.#plan.weights[kind] ?? 0) > 0)!;
  }

  #play(kind: FaultKind, connection: ProxiedConnection, random: Random): void {
    switch (kind) {
      case "reset":
        connection.reset({ sides: random.pick(sides) });
        break;
      case "freeze":
        this.#playFreeze(connection, random);
        break;
      case "halfClose":
        connection.halfClose(random.pick(directions));
        break;
      case "delay":
        connection.delay(random.integer(this.#plan.delayMsMax + 1), {
          directions: random.pick(allDirections),
        });
        break;
      // An outage is felt only by who has to connect again.
      case "refuse":
      case "hold":
        connection.reset();
    }
  }

  #playFreeze(connection: ProxiedConnection, random: Random): void {
    connection.freeze({ directions: random.pick(allDirections) });
    const isReleased = random.chance(0.5);
    this.#later(random.integer(this.#plan.freezeMsMax + 1), () => {
      if (isReleased) connection.release();
      else connection.abandon();
    });
  }

  #playOutage(kind: "refuse" | "hold", random: Random): void {
    if (kind === "refuse") void this.#proxy.refuse();
    else this.#proxy.hold();
    this.#later(random.integer(this.#plan.outageMsMax + 1), () => void this.#proxy.online());
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}
