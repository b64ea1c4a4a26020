import { DEMO_LIMITS, type DemoNetwork } from "../../shared/line-demo.ts";

/** A connection that the network carries. */
export interface Carried {
  cut(): void;
}

type Range = readonly [number, number];

/** The network of one visit, which can be cut: all that it carries breaks off, and nothing new comes through. */
export class Network {
  readonly #carried = new Set<Carried>();
  readonly #onChange: (network: DemoNetwork) => void;
  readonly #random: () => number;
  #state: DemoNetwork = { mode: "whole", isCut: false };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onChange: (network: DemoNetwork) => void, random: () => number = Math.random) {
    this.#onChange = onChange;
    this.#random = random;
  }

  get state(): DemoNetwork {
    return this.#state;
  }

  /** Whether one more connection comes through. */
  get admits(): boolean {
    return !this.#state.isCut && this.#carried.size < DEMO_LIMITS.relaysMax;
  }

  add(carried: Carried): void {
    this.#carried.add(carried);
  }

  remove(carried: Carried): void {
    this.#carried.delete(carried);
  }

  cut({ isTimed }: { isTimed: boolean }): void {
    this.#set({ mode: isTimed ? "timed" : "cut", isCut: true });
    if (isTimed) this.#after(DEMO_LIMITS.cutMs, () => this.mend());
  }

  mend(): void {
    this.#set({ mode: "whole", isCut: false });
  }

  storm(): void {
    this.#set({ mode: "storm", isCut: true });
    this.#after(this.#within(DEMO_LIMITS.badNetwork.cutMs), () => {
      this.#set({ mode: "storm", isCut: false });
      this.#after(this.#within(DEMO_LIMITS.badNetwork.wholeMs), () => this.storm());
    });
  }

  /** For good: nobody is told. */
  close(): void {
    clearTimeout(this.#timer);
    this.#state = { mode: "cut", isCut: true };
    this.#cutAll();
  }

  #set(state: DemoNetwork): void {
    clearTimeout(this.#timer);
    this.#state = state;
    if (state.isCut) this.#cutAll();
    this.#onChange(state);
  }

  #cutAll(): void {
    for (const carried of this.#carried) carried.cut();
    this.#carried.clear();
  }

  #after(delayMs: number, action: () => void): void {
    this.#timer = setTimeout(action, delayMs);
    this.#timer.unref();
  }

  #within([least, most]: Range): number {
    return least + (most - least) * this.#random();
  }
}
