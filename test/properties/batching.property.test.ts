import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PerMessageDeflateOptions } from "../../src/protocol/index.ts";
import type { WebSocketConnection } from "../../src/websocket/index.ts";
import { type Certificate, makeCertificate } from "../raw-peer/certificate.ts";
import { connect, listen } from "../websocket/line.ts";
import {
  describeMessage,
  pingFrom,
  programs,
  type ProgramShape,
  type Receiver,
  runProgram,
} from "./send-program.ts";

const timeout = 60_000;
const bounds = { timeout: 10_000, interruptAfterTimeLimit: timeout / 2, markInterruptAsFailure: true };
const unbounded = { bufferedBytesMax: 2 ** 30 };

/** One end of a connection and all that it was told. It keeps each message as it came, which must not change later. */
class End {
  readonly socket: WebSocketConnection;
  readonly kept: (string | Uint8Array)[] = [];
  readonly pongs: string[] = [];
  readonly pings: string[] = [];
  #awaited: (() => void) | undefined;

  constructor(socket: WebSocketConnection, binaryType: "nodebuffer" | "arraybuffer") {
    this.socket = socket;
    socket.binaryType = binaryType;
    socket.onmessage = ({ data }) => {
      this.kept.push(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string | Buffer));
      this.#awaited?.();
    };
    socket.addEventListener("pong", ({ data }) => {
      this.pongs.push(data.toString());
      this.#awaited?.();
    });
    socket.addEventListener("error", ({ error }) => this.kept.push(`error ${String(error)}`));
    socket.onclose = ({ code }) => {
      this.kept.push(`close ${code}`);
      this.#awaited?.();
    };
  }

  get received(): string[] {
    return this.kept.map(describeMessage);
  }

  /** Resolves when the condition holds, which messages and pongs can make true, or at the connection's end. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds() && this.socket.readyState < 3) {
      await new Promise<void>((resolve) => {
        this.#awaited = resolve;
      });
    }
  }
}

/** The receiver of what `from` sends to `to`. */
function receiverOf(from: End, to: End): Receiver {
  return {
    socket: from.socket,
    expected: [],
    pings: from.pings,
    nudge: () => pingFrom(to),
    pause: () => to.socket.pause(),
    resume: () => to.socket.resume(),
  };
}

/** Two connections of ours to a server of ours, over loopback. */
async function openTwo({ deflate: perMessageDeflate, tls }: Pick<Setup, "deflate" | "tls">) {
  const options = { perMessageDeflate, ...unbounded };
  const listener = await listen(tls === undefined ? options : { ...options, tls });
  const clientOptions = tls === undefined ? options : { ...options, ca: tls.cert };
  const servers: End[] = [];
  listener.server.onconnection = ({ socket }) => {
    servers.push(new End(socket, "nodebuffer"));
  };
  const clients: End[] = [];
  for (let i = 0; i < 2; i++)
    clients.push(new End(await connect(listener.url, clientOptions), "arraybuffer"));
  return { ...listener, servers, clients };
}

/** Pongs answer pings in order; of those that waited together only the newest came (RFC 6455 §5.5.3). */
function expectAnswered({ pings, pongs }: End): void {
  expect(pings.filter((ping) => pongs.includes(ping))).toEqual(pongs);
  expect(pongs.at(-1)).toBe(pings.at(-1));
}

interface Setup {
  readonly name: string;
  readonly deflate: boolean | PerMessageDeflateOptions;
  readonly tls?: Certificate;
  readonly shape: ProgramShape;
  readonly numRuns: number;
}

const setups: readonly Setup[] = [
  { name: "uncompressed", deflate: false, shape: {}, numRuns: 60 },
  { name: "uncompressed and large", deflate: false, shape: { largeWeight: 12 }, numRuns: 20 },
  { name: "over TLS", deflate: false, tls: await makeCertificate(), shape: { largeWeight: 5 }, numRuns: 20 },
  { name: "compressed", deflate: { threshold: 64 }, shape: { bytesMax: 90_000 }, numRuns: 60 },
  {
    name: "compressed with context takeover",
    deflate: { threshold: 64, serverNoContextTakeover: false, clientNoContextTakeover: false },
    shape: { bytesMax: 90_000 },
    numRuns: 60,
  },
];

describe.each(setups)("what is sent, $name", ({ shape, numRuns, ...options }) => {
  const program = programs(shape);
  const serverProgram = programs({ ...shape, publishes: true });

  test("arrives in order and once, whatever is joined to one write, in both directions at once", {
    timeout,
  }, async () => {
    const property = fc.asyncProperty(serverProgram, program, program, async (ours, ...theirs) => {
      await using line = await openTwo(options);
      const { servers, clients } = line;
      const ends = [...servers, ...clients];
      const resumeAll = (): void => ends.forEach(({ socket }) => socket.resume());
      const down = clients.map((client, i) => receiverOf(servers[i]!, client));
      const up = clients.map((client, i) => receiverOf(client, servers[i]!));
      const publish = (topic: string, data: string | Buffer): number => line.server.publish(topic, data);
      await Promise.all([
        runProgram(ours, { receivers: down, publish, resumeAll }),
        ...up.map((receiver, i) => runProgram(theirs[i]!, { receivers: [receiver], resumeAll })),
      ]);
      const pairs = [...down, ...up].map((receiver, i) => ({
        ...receiver,
        to: [...clients, ...servers][i]!,
      }));
      for (const { to, expected } of pairs) await to.until(() => to.kept.length >= expected.length);
      for (const end of ends) {
        pingFrom(end);
        await end.until(() => end.pongs.at(-1) === end.pings.at(-1));
      }
      for (const { to, expected } of pairs) expect(to.received).toEqual(expected);
      for (const end of ends) expectAnswered(end);
      expect(ends.map(({ socket }) => socket.bufferedAmount)).toEqual([0, 0, 0, 0]);
    });
    await fc.assert(property, { ...bounds, numRuns });
  });

  test("arrives before the close event, where close() comes in the turn of the last message", {
    timeout,
  }, async () => {
    const property = fc.asyncProperty(serverProgram, program, fc.boolean(), async (ours, theirs, isOurs) => {
      await using line = await openTwo(options);
      const { servers, clients } = line;
      const resumeAll = (): void => [...servers, ...clients].forEach(({ socket }) => socket.resume());
      const [from, to] = isOurs ? [servers, clients] : [clients, servers];
      const receivers = from.map((end, i) => receiverOf(end, to[i]!));
      const publish = (topic: string, data: string | Buffer): number => line.server.publish(topic, data);
      const atEnd = (): void => from.forEach(({ socket }) => socket.close(4000, "the end"));
      await runProgram(isOurs ? ours : theirs, { receivers, publish, resumeAll, atEnd });
      for (const [i, { expected }] of receivers.entries()) {
        await to[i]!.until(() => false);
        expect(to[i]!.received).toEqual([...expected, describeMessage("close 4000")]);
      }
    });
    await fc.assert(property, { ...bounds, numRuns: numRuns / 2 });
  });
});
