import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WebSocket, type WebSocketConnection, WebSocketServer } from "../../src/websocket/index.ts";
import { TemporaryFolder } from "../cli/temporary-folder.ts";
import { type Certificate, makeCertificate } from "../raw-peer/certificate.ts";
import { opcodes } from "../raw-peer/frame.ts";
import { formatRequest } from "../raw-peer/raw-client.ts";
import { RawPeer } from "../raw-peer/raw-peer.ts";
import { RawServer } from "../raw-peer/raw-server.ts";
import {
  describeMessage,
  pingFrom,
  type ProgramShape,
  programs,
  type Receiver,
  runProgram,
} from "./send-program.ts";

const timeout = 60_000;
const bufferedBytesMax = 2 ** 30;
const heartbeatIntervalMs = 0;
const ownCertificate = await makeCertificate();

/** A peer that reads when it is let, notes the messages that come, and answers pings. */
class SlowPeer implements Receiver {
  readonly socket: WebSocketConnection;
  readonly expected: string[] = [];
  readonly pings: string[] = [];
  readonly received: string[] = [];
  readonly #peer: RawPeer;

  constructor(socket: WebSocketConnection, peer: RawPeer) {
    this.socket = socket;
    this.#peer = peer;
  }

  nudge(): void {
    this.#peer.send({ opcode: opcodes.ping });
  }

  pause(): void {
    this.#peer.stream.socket.pause();
  }

  resume(): void {
    this.#peer.stream.socket.resume();
  }

  /** Reads on to the text `last`. Throws for a frame that is not a whole message or a control frame. */
  async readTo(last: string): Promise<void> {
    for (;;) {
      const { opcode, payload, fin, rsv } = await this.#peer.readFrame();
      if (!fin || rsv !== 0) throw new Error("A frame came that nobody had sent");
      if (opcode === opcodes.ping) this.#peer.send({ opcode: opcodes.pong, payload });
      else if (opcode === opcodes.text || opcode === opcodes.binary) {
        const message = opcode === opcodes.text ? payload.toString() : payload;
        if (message === last) return;
        this.received.push(describeMessage(message));
      } else if (opcode !== opcodes.pong) throw new Error(`A frame of opcode ${opcode} came`);
    }
  }
}

interface Line extends AsyncDisposable {
  readonly peers: readonly SlowPeer[];
  readonly publish?: (topic: string, data: string | Buffer) => number;
}

/**
 * A server of ours with two peers on a socket of the file system: what waits in the kernel there is a small part of what
 * waits in that of a TCP connection, so that little is needed until the engine has to wait.
 */
async function openServer(certificate?: Certificate): Promise<Line> {
  await using stack = new AsyncDisposableStack();
  const path = stack.use(new TemporaryFolder()).file("socket");
  const http = certificate === undefined ? createServer() : createSecureServer(certificate);
  const server = stack.use(new WebSocketServer({ server: http, bufferedBytesMax, heartbeatIntervalMs }));
  stack.defer(() => server.close({ graceMs: 0 }));
  stack.defer(() => void http.close());
  await new Promise<void>((resolve) => http.listen(path, resolve));
  const peers: SlowPeer[] = [];
  while (peers.length < 2) {
    const connected = new Promise<WebSocketConnection>((resolve) => {
      server.onconnection = ({ socket }) => resolve(socket);
    });
    const peer = stack.use(
      new RawPeer(
        certificate === undefined ? connect(path) : await connectSecurely(path, certificate),
        "client",
      ),
    );
    peer.write(formatRequest(80));
    await peer.readHead();
    peers.push(new SlowPeer(await connected, peer));
  }
  const disposal = stack.move();
  return {
    peers,
    publish: (topic, data) => server.publish(topic, data),
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

async function connectSecurely(path: string, { cert }: Certificate): Promise<Socket> {
  const socket = connectTls({ path, ca: cert, servername: "localhost" });
  await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  return socket;
}

/** Two clients of ours, each with a server of its own. */
async function openClients(): Promise<Line> {
  await using stack = new AsyncDisposableStack();
  const listener = stack.use(await RawServer.listen());
  const peers: SlowPeer[] = [];
  while (peers.length < 2) {
    const client = new WebSocket(listener.url(), [], { bufferedBytesMax });
    stack.defer(() => client.terminate());
    const opened = new Promise<unknown>((resolve) => client.addEventListener("open", resolve));
    const { peer } = await listener.acceptWebSocket();
    await opened;
    peers.push(new SlowPeer(client, peer));
  }
  const disposal = stack.move();
  return { peers, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

const setups: { name: string; open: () => Promise<Line>; shape: ProgramShape; numRuns: number }[] = [
  {
    name: "a server sends small and middling",
    open: () => openServer(),
    shape: { bytesMax: 16_384, largeWeight: 80, stepsMax: 150, publishes: true },
    numRuns: 150,
  },
  {
    name: "a server sends over TLS",
    open: () => openServer(ownCertificate),
    shape: { bytesMax: 40_000, largeWeight: 30, stepsMax: 100, publishes: true },
    numRuns: 60,
  },
  {
    name: "a server sends small and large",
    open: () => openServer(),
    shape: { largeWeight: 8, stepsMax: 60, publishes: true },
    numRuns: 40,
  },
  { name: "clients send", open: openClients, shape: { largeWeight: 15, stepsMax: 80 }, numRuns: 30 },
];

describe.each(setups)("what $name to peers that read slowly", ({ open, shape, numRuns }) => {
  test("arrives in whole frames, in order and once", { timeout }, async () => {
    const property = fc.asyncProperty(programs(shape), async (program) => {
      await using line = await open();
      const { peers, publish } = line;
      const resumeAll = (): void => peers.forEach((peer) => peer.resume());
      const allRead = Promise.all(peers.map((peer) => peer.readTo("the end")));
      allRead.catch(() => {});
      // A peer that reads nothing at first.
      peers[0]!.pause();
      await runProgram(program, { receivers: peers, publish, resumeAll });
      for (const { socket } of peers) socket.send("the end");
      await allRead;
      for (const { received, expected } of peers) expect(received).toEqual(expected);
      for (const peer of peers) {
        const answered = new Promise((resolve) => peer.socket.addEventListener("pong", resolve));
        const reading = peer.readTo("the very end");
        pingFrom(peer);
        await answered;
        peer.socket.send("the very end");
        await reading;
        await peer.socket.writable();
        expect(peer.socket.bufferedAmount).toBe(0);
      }
    });
    await fc.assert(property, {
      numRuns,
      timeout: 10_000,
      interruptAfterTimeLimit: timeout / 2,
      markInterruptAsFailure: true,
    });
  });
});
