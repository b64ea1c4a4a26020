/**
 * Turns to connect: RFC 6455 §4.1 lets no client have more than one connection to an address in the CONNECTING state.
 * The line is kept by address and port, for the whole process.
 */
const lastTurns = new Map<string, Promise<void>>();

/** A place in the lines of some addresses. */
export interface ConnectTurn {
  /** Resolves when every turn before this one has ended. */
  readonly comes: Promise<void>;
  /** Lets the next one go on, once this turn has come. To be called once, also by who gave up waiting. */
  end(): void;
}

/** Takes the last place in the line of each address, at once, so that two turns never wait for each other. */
export function takeConnectTurn(addresses: readonly string[]): ConnectTurn {
  const comes = all(addresses.map((address) => lastTurns.get(address) ?? Promise.resolve()));
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const over = all([comes, ended]);
  for (const address of addresses) {
    lastTurns.set(address, over);
    void over.then(() => {
      if (lastTurns.get(address) === over) lastTurns.delete(address);
    });
  }
  return { comes, end: () => end() };
}

/** Without the results, as each turn's would hold on to those of every turn before it. */
async function all(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.all(promises);
}
