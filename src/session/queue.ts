/** The room of a queue that has held something; a power of two, as places are counted around it. */
const firstRoom = 4;

/** A first-in, first-out list in a ring, which a queue that fills and empties over and over need not make anew. */
export class Queue<T> {
  #ring: (T | undefined)[] | undefined;
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): T | undefined {
    return this.#length === 0 ? undefined : this.#ring![this.#head];
  }

  /** The item that `index` others are before. */
  at(index: number): T | undefined {
    if (index >= this.#length) return undefined;
    const ring = this.#ring!;
    return ring[(this.#head + index) & (ring.length - 1)];
  }

  push(item: T): void {
    const ring = this.#ring === undefined || this.#length === this.#ring.length ? this.#grow() : this.#ring;
    ring[(this.#head + this.#length++) & (ring.length - 1)] = item;
  }

  #grow(): (T | undefined)[] {
    const items: (T | undefined)[] = [...this];
    this.#head = 0;
    this.#ring = items;
    const room = Math.max(firstRoom, items.length * 2);
    while (items.length < room) items.push(undefined);
    return items;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const ring = this.#ring!;
    const item = ring[this.#head];
    ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (ring.length - 1);
    // What a crowd needed is not kept for ever.
    if (--this.#length === 0 && ring.length > 256) this.clear();
    return item;
  }

  find(isWanted: (item: T) => boolean): T | undefined {
    for (const item of this) if (isWanted(item)) return item;
    return undefined;
  }

  /** Takes out the items for which `isUnwanted` says so, in order. */
  remove(isUnwanted: (item: T) => boolean): T[] {
    const removed: T[] = [];
    const items = [...this];
    this.clear();
    for (const item of items) {
      if (isUnwanted(item)) removed.push(item);
      else this.push(item);
    }
    return removed;
  }

  /** Puts the items before all others. */
  prepend(items: readonly T[]): void {
    const others = [...this];
    this.clear();
    for (const item of items) this.push(item);
    for (const item of others) this.push(item);
  }

  clear(): void {
    this.#ring = undefined;
    this.#head = 0;
    this.#length = 0;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#length; index++) yield this.at(index)!;
  }
}
