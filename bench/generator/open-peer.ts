import { Connection, type Greeting } from "../../src/cli/load/connection.ts";
import { Connections } from "../../src/cli/load/connections.ts";
import { encodeClientFrame, readServerFrame } from "../../src/cli/load/frames.ts";

/** Where a peer listens, and how to speak to it. */
export interface PeerTarget {
  readonly port: number;
  /** The certificate to trust; without it, the connection is plain. */
  readonly ca?: string;
  readonly deflate: boolean;
  readonly dialect: "websocket" | "socket.io";
}

/** Resolves when messages may be sent. */
export async function openPeer(target: PeerTarget, path: string): Promise<Connection> {
  const { port, ca, deflate, dialect } = target;
  const isSocketIo = dialect === "socket.io";
  const pathAndQuery = isSocketIo ? `/socket.io/?EIO=4&transport=websocket&path=${path}` : path;
  const url = new URL(pathAndQuery, `${ca === undefined ? "ws" : "wss"}://127.0.0.1:${port}`);
  const connection = await Connection.open(
    { url, tls: { ca }, deflate },
    isSocketIo ? greetSocketIo : undefined,
  );
  if (connection.compresses !== deflate) throw new Error("Compression was not agreed on as asked");
  if (connection.rest.length > 0) throw new Error("The server sent a message that nobody had asked for");
  return connection;
}

export async function openPeers(target: PeerTarget, count: number, path: string): Promise<Connections> {
  return Connections.open(count, () => openPeer(target, path));
}

/** Socket.IO's own opening (https://socket.io/docs/v4/socket-io-protocol): "open", then "connect" both ways. */
const greetSocketIo: Greeting = async (reader, connection) => {
  const expect = async (start: string): Promise<void> => {
    const text = await reader.read((bytes) => {
      const frame = readServerFrame(bytes);
      return frame && { value: frame.payload.toString(), length: frame.length };
    });
    if (!text.startsWith(start)) throw new Error(`"${text}" came instead of "${start}…"`);
  };
  await expect("0{");
  connection.write(encodeClientFrame({ payload: Buffer.from("40"), opcode: 1 }));
  await expect("40{");
};
