import { Connection, type Target } from "./connection.ts";

const OPENED_AT_ONCE = 64;

/** All connections of a run. The first one lost fails the run: what it measured does not count. */
export class Connections {
  readonly list: readonly Connection[];
  readonly #failure = Promise.withResolvers<never>();

  private constructor(list: readonly Connection[]) {
    this.list = list;
    this.#failure.promise.catch(() => {});
    for (const connection of list) connection.onLost = (reason) => this.#failure.reject(reason);
  }

  static async open(target: Target, count: number, path: string): Promise<Connections> {
    const list: Connection[] = [];
    while (list.length < count) {
      const batch = Math.min(OPENED_AT_ONCE, count - list.length);
      list.push(...(await Promise.all(Array.from({ length: batch }, () => Connection.open(target, path)))));
    }
    return new Connections(list);
  }

  /** The promise's outcome, unless a connection is lost before. */
  async unlessLost<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failure.promise]);
  }

  [Symbol.dispose](): void {
    for (const connection of this.list) connection.cut();
  }
}
