/** A first-in, first-out list. Its memory follows what is in it. */
export class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  /** The item that `index` others are before. */
  at(index: number): T | undefined {
    return this.#items[this.#head + index];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#items[this.#head++] = undefined as T;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    } else if (this.#head >= 32 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes out the items for which `isUnwanted` says so, in order. */
  remove(isUnwanted: (item: T) => boolean): T[] {
    const removed: T[] = [];
    const kept: T[] = [];
    for (let index = this.#head; index < this.#items.length; index++) {
      const item = this.#items[index]!;
      (isUnwanted(item) ? removed : kept).push(item);
    }
    this.#items = kept;
    this.#head = 0;
    return removed;
  }

  find(isWanted: (item: T) => boolean): T | undefined {
    for (let index = this.#head; index < this.#items.length; index++) {
      if (isWanted(this.#items[index]!)) return this.#items[index];
    }
    return undefined;
  }

  /** Puts the items before all others. */
  prepend(items: readonly T[]): void {
    this.#items = [...items, ...this];
    this.#head = 0;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.slice(this.#head)[Symbol.iterator]();
  }
}
