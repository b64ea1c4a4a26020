/**
 * What all servers of the benchmark share: settings come as JSON in the environment, the port goes out as a line,
 * and a line that comes in asks for a garbage collection, so that memory can be compared, or for what waits to be sent.
 *
 * A connection to /echo gets back each message; a message on /publish goes to all connections to /subscribe; one to
 * /slow has both.
 */
export interface ServerSettings {
  readonly deflate: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** The largest message of the workloads, with room to spare. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

export function readSettings(): ServerSettings {
  return JSON.parse(process.env["BENCH_SETTINGS"] ?? "") as ServerSettings;
}

/** Tells the port. `readBuffered` is what waits for the connection for which most does, in bytes. */
export function announce(port: number, readBuffered: () => number = () => 0): void {
  process.stdout.write(`port ${port}\n`);
  process.stdin.on("data", (command) => {
    if (String(command).startsWith("buffered")) process.stdout.write(`${readBuffered()}\n`);
    else void collectGarbage().then(() => process.stdout.write("collected\n"));
  });
  process.stdin.on("end", () => process.exit());
}

async function collectGarbage(): Promise<void> {
  const { Bun, gc } = globalThis as { Bun?: { gc(force: boolean): void }; gc?: () => void };
  for (let i = 0; i < 3; i++) {
    if (Bun === undefined) gc?.();
    else Bun.gc(true);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
