import { readFile } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { decodeFrame, encodeFrame, opcodes } from "../../test/raw-peer/frame.ts";
import { requestFields } from "../../test/raw-peer/http-head.ts";
import type { WebSocketConnection } from "./connection.ts";
import { WebSocketServer } from "./websocket-server.ts";

const mask = Uint8Array.of(1, 2, 3, 4);

/** A transport that notes each write, as the payloads of the frames in it, in a journal that others write to, too. */
class NotedTransport extends Duplex {
  readonly journal: string[];

  constructor(journal: string[]) {
    super();
    this.journal = journal;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const payloads = payloadsOf(chunk);
    if (payloads.length > 0) this.journal.push(`wrote ${payloads.join(" ")}`);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "buffer", done);
  }

  override _read(): void {}

  receive(opcode: number, payload = ""): void {
    this.push(encodeFrame({ opcode, payload, mask }));
  }
}

function payloadsOf(bytes: Buffer): string[] {
  if (bytes.toString("latin1", 0, 4) === "HTTP") return [];
  const payloads: string[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const { frame, size } = decodeFrame(rest)!;
    payloads.push(frame.payload.toString());
    rest = rest.subarray(size);
  }
  return payloads;
}

interface Line {
  readonly server: WebSocketServer;
  readonly socket: WebSocketConnection;
  readonly transport: NotedTransport;
  readonly journal: string[];
}

/** A connection on a transport in memory. */
async function openLine(perMessageDeflate = false): Promise<Line & AsyncDisposable> {
  const server = new WebSocketServer({ perMessageDeflate });
  const { socket, transport, journal } = await join(server, []);
  return { server, socket, transport, journal, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) };
}

async function join(server: WebSocketServer, journal: string[]): Promise<Omit<Line, "server">> {
  const transport = new NotedTransport(journal);
  const opened = new Promise<WebSocketConnection>((resolve) => {
    server.onconnection = ({ socket }) => {
      socket.subscribe("news");
      resolve(socket);
    };
  });
  const fields = { ...requestFields(80), "Sec-WebSocket-Extensions": "permessage-deflate" };
  const rawHeaders = Object.entries(fields).flat();
  const request = { method: "GET", url: "/", httpVersion: "1.1", rawHeaders };
  server.handleUpgrade(request as IncomingMessage, transport, Buffer.alloc(0));
  return { socket: await opened, transport, journal };
}

type Context = readonly [name: string, enter: (run: () => void, line: Line) => void];

/** Where an application may be when it sends, each entered anew. */
const contexts: readonly Context[] = [
  ["a timer", (run) => setTimeout(run, 1)],
  ["setImmediate", (run) => setImmediate(run)],
  ["process.nextTick", (run) => process.nextTick(run)],
  ["a microtask", (run) => setImmediate(() => queueMicrotask(run))],
  ["an async function", (run) => setImmediate(() => void Promise.resolve().then(run))],
  ["an I/O callback", (run) => readFile(import.meta.filename, run)],
  ["an I/O callback's promise", (run) => readFile(import.meta.filename, () => queueMicrotask(run))],
  [
    "a message's listener",
    (run, { socket, transport }) => {
      socket.onmessage = run;
      transport.receive(opcodes.text);
    },
  ],
  [
    "an async message's listener, behind an await",
    (run, { socket, transport }) => {
      socket.onmessage = async () => {
        await Promise.resolve();
        run();
      };
      transport.receive(opcodes.text);
    },
  ],
  [
    "a pong's listener",
    (run, { socket, transport }) => {
      socket.addEventListener("pong", run);
      transport.receive(opcodes.pong);
    },
  ],
];

describe.each(contexts)("from %s", (_name, enter) => {
  test("a lone send() is written before the event loop goes on", async () => {
    await using line = await openLine();
    await new Promise<void>((resolve) => {
      const run = (): void => {
        setImmediate(() => resolve(void line.journal.push("next turn")));
        line.socket.send("lone");
      };
      enter(run, line);
    });
    expect(line.journal).toEqual(["wrote lone", "next turn"]);
  });

  test("a lone ping() is, too", async () => {
    await using line = await openLine();
    await new Promise<void>((resolve) => {
      const run = (): void => {
        setImmediate(() => resolve(void line.journal.push("next turn")));
        line.socket.ping("lone");
      };
      enter(run, line);
    });
    expect(line.journal).toEqual(["wrote lone", "next turn"]);
  });

  test("a lone publish() is written when the event loop has handled what is ready, and no later", async () => {
    await using line = await openLine();
    await new Promise<void>((resolve) => {
      const run = (): void => {
        line.server.publish("news", "lone");
        setImmediate(() => resolve(void line.journal.push("the turn's end")));
      };
      enter(run, line);
    });
    expect(line.journal).toEqual(["wrote lone", "the turn's end"]);
  });

  test("what one callback sends is written at once, with what was published before it", async () => {
    await using line = await openLine();
    await new Promise<void>((resolve) => {
      const run = (): void => {
        line.server.publish("news", "a");
        for (const text of ["b", "c"]) line.socket.send(text);
        line.server.publish("news", "d");
        setImmediate(() => setImmediate(resolve));
      };
      enter(run, line);
    });
    expect(line.journal).toEqual(["wrote a b c", "wrote d"]);
  });
});

test("publications of one turn leave in one write for each connection", async () => {
  await using line = await openLine();
  const other = await join(line.server, []);
  await new Promise((resolve) => setImmediate(resolve));
  line.server.publish("news", "a");
  await Promise.resolve();
  other.socket.publish("news", "b");
  process.nextTick(() => line.server.publish("news", "c"));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect([line.journal, other.journal]).toEqual([["wrote a b c"], ["wrote a c"]]);
});

test("the answer to a lone ping is written while its chunk is received", async () => {
  await using line = await openLine();
  await new Promise<void>((resolve) => {
    line.socket.addEventListener("ping", () => queueMicrotask(resolve));
    line.transport.receive(opcodes.ping, "p");
  });
  expect(line.journal).toEqual(["wrote p"]);
});

test("a lone message on a connection that compresses waits no longer", async () => {
  await using line = await openLine(true);
  setImmediate(() => line.journal.push("next turn"));
  line.socket.send("below the threshold, so that it can be read here");
  await new Promise((resolve) => setImmediate(resolve));
  expect(line.journal).toEqual(["wrote below the threshold, so that it can be read here", "next turn"]);
});
