import { randomBytes } from "node:crypto";
import { Connection, type Greeting } from "../../src/cli/load/connection.ts";
import { Connections } from "../../src/cli/load/connections.ts";
import { encodeClientFrame, readServerFrame } from "../../src/cli/load/frames.ts";
import { openFrame } from "./session-connection.ts";

/** Where a peer listens, and how to speak to it. */
export interface PeerTarget {
  readonly port: number;
  /** The certificate to trust; without it, the connection is plain. */
  readonly ca?: string;
  readonly deflate: boolean;
  readonly dialect: "websocket" | "socket.io" | "ropeway.1";
  /** Whether its connections outlive their lines. */
  readonly recovers: boolean;
}

/** Resolves when messages may be sent. */
export async function openPeer(target: PeerTarget, path: string): Promise<Connection> {
  const { port, ca, deflate, dialect } = target;
  const pathAndQuery = pathOf(dialect, path);
  const url = new URL(pathAndQuery, `${ca === undefined ? "ws" : "wss"}://127.0.0.1:${port}`);
  const subprotocols = dialect === "ropeway.1" ? [dialect] : undefined;
  const connection = await Connection.open({ url, tls: { ca }, deflate, subprotocols }, greetings[dialect]);
  if (connection.compresses !== deflate) throw new Error("Compression was not agreed on as asked");
  if (connection.rest.length > 0) throw new Error("The server sent a message that nobody had asked for");
  return connection;
}

function pathOf(dialect: PeerTarget["dialect"], path: string): string {
  if (dialect === "socket.io") return `/socket.io/?EIO=4&transport=websocket&path=${path}`;
  return dialect === "ropeway.1" ? "/ropeway" : path;
}

export async function openPeers(target: PeerTarget, count: number, path: string): Promise<Connections> {
  return Connections.open(count, () => openPeer(target, path));
}

type Reader = Parameters<Greeting>[0];

async function expectText(reader: Reader, start: string): Promise<void> {
  const text = await reader.read((bytes) => {
    const frame = readServerFrame(bytes);
    return frame && { value: frame.payload.toString(), length: frame.length };
  });
  if (!text.startsWith(start)) throw new Error(`"${text}" came instead of "${start}…"`);
}

/** Socket.IO's own opening (https://socket.io/docs/v4/socket-io-protocol): "open", then "connect" both ways. */
const greetSocketIo: Greeting = async (reader, connection) => {
  await expectText(reader, "0{");
  connection.write(encodeClientFrame({ payload: Buffer.from("40"), opcode: 1 }));
  await expectText(reader, "40{");
};

/** PROTOCOL.md, "Opening". */
const greetSession: Greeting = async (reader, connection) => {
  await expectText(reader, "hello {");
  const nonce = randomBytes(16).toString("base64url");
  connection.write(encodeClientFrame({ payload: Buffer.from(openFrame(nonce)), opcode: 1 }));
  await expectText(reader, "opened {");
};

const greetings = { websocket: undefined, "socket.io": greetSocketIo, "ropeway.1": greetSession } as const;
