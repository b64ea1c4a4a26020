import type { Connection } from "./connection.ts";

const openedAtOnce = 64;

/** All connections of a run. The first one lost fails the run: what it measured does not count. */
export class Connections {
  readonly list: Connection[] = [];
  readonly #failure = Promise.withResolvers<never>();

  private constructor() {
    this.#failure.promise.catch(() => {});
  }

  /** Opens so many, some at once. Rejects, and leaves none, if one of them cannot be opened. */
  static async open(count: number, open: () => Promise<Connection>): Promise<Connections> {
    const connections = new Connections();
    while (connections.list.length < count) {
      const batch = Math.min(openedAtOnce, count - connections.list.length);
      const opening = Array.from({ length: batch }, async () => connections.#add(await open()));
      const failed = (await Promise.allSettled(opening)).find(({ status }) => status === "rejected");
      if (failed === undefined) continue;
      connections[Symbol.dispose]();
      throw (failed as PromiseRejectedResult).reason;
    }
    return connections;
  }

  /** The promise's outcome, unless a connection is lost before. */
  async unlessLost<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failure.promise]);
  }

  [Symbol.dispose](): void {
    for (const connection of this.list) connection.cut();
  }

  #add(connection: Connection): void {
    connection.onLost = (reason) => this.#failure.reject(reason);
    this.list.push(connection);
  }
}
