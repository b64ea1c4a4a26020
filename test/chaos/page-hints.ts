import { setMaxListeners } from "node:events";

type Globals = Record<"addEventListener" | "document", unknown>;

/**
 * Makes this process look like a page, so that connections made from now on hear what pages hear of their network. Its
 * disposal takes that back.
 */
export class PageHints implements Disposable {
  readonly #window = new EventTarget();
  readonly #document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  readonly #before: Partial<Globals>;

  constructor() {
    // Each connection listens for itself, and a run has many.
    setMaxListeners(0, this.#window, this.#document);
    const globals = globalThis as unknown as Globals;
    this.#before = { addEventListener: globals.addEventListener, document: globals.document };
    globals.addEventListener = this.#window.addEventListener.bind(this.#window);
    globals.document = this.#document;
  }

  /** The page goes on after it was frozen: who knows what became of the network meanwhile. */
  resume(): void {
    this.#document.dispatchEvent(new Event("resume"));
  }

  /** The machine has a network again, or another one. */
  online(): void {
    this.#window.dispatchEvent(new Event("online"));
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#before);
  }
}
