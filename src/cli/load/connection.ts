import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, TLSSocket } from "node:tls";
import { ConnectionError } from "../../websocket/index.ts";
import { OpeningReader } from "./opening-reader.ts";
import { type Upgrade, UpgradeExchange } from "./upgrade-exchange.ts";

/** Where a server listens, and how it is asked for a connection. */
export interface Target extends Upgrade {
  /** Connects to this address instead of looking the URL's host up each time. */
  readonly address?: string;
  /** For `wss:`. */
  readonly tls?: ConnectionOptions;
  /** From the first packet to the server's answer. Default: 10 s. */
  readonly handshakeTimeoutMs?: number;
}

/** Speaks with a server that wants more than the upgrade before messages may be sent. */
export type Greeting = (reader: OpeningReader, connection: Connection) => Promise<void>;

/** All plain connections read into this one: it is used up before the next read (Node's `onread`). */
const readBuffer = Buffer.allocUnsafe(256 * 1024);

/**
 * A WebSocket client as bare as it can be: it writes bytes that were prepared and hands over bytes as they come, after
 * an opening handshake that is checked.
 */
export class Connection {
  /** Takes what comes. The bytes are valid only until it returns. */
  onBytes: (chunk: Buffer) => void = () => {};
  /** The connection ended although nobody here had ended it, or `onBytes` threw. */
  onLost: (reason: Error) => void = () => {};
  /** The connection ended. */
  onEnd: () => void = () => {};
  readonly #socket: Socket;
  #compresses = false;
  #rest: Buffer = Buffer.alloc(0);
  #isEnding = false;

  private constructor(target: Target) {
    const take = (chunk: Buffer): void => {
      try {
        this.onBytes(chunk);
      } catch (error) {
        this.#lose(error as Error);
      }
    };
    this.#socket = connectSocket(target, take);
    this.#socket.on("error", (error) => this.#lose(error));
    this.#socket.on("close", () => {
      this.#lose(new ConnectionError("WS_CONNECTION_LOST", {}));
      this.onEnd();
    });
  }

  /** Resolves when messages may be sent: after the upgrade, and the greeting if there is one. */
  static async open(target: Target, greet?: Greeting): Promise<Connection> {
    const connection = new Connection(target);
    const reader = new OpeningReader(connection);
    const { handshakeTimeoutMs: limitMs = 10_000 } = target;
    const late = new ConnectionError("WS_HANDSHAKE_TIMEOUT", { limitMs });
    const deadline = setTimeout(() => connection.#lose(late), limitMs);
    try {
      const exchange = new UpgradeExchange(target);
      connection.write(exchange.request);
      connection.#compresses = await reader.read((bytes) => exchange.read(bytes));
      await greet?.(reader, connection);
      connection.#rest = reader.finish();
      return connection;
    } catch (error) {
      connection.cut();
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Whether permessage-deflate was agreed on, without context takeover. */
  get compresses(): boolean {
    return this.#compresses;
  }

  /** What the server sent right behind its handshake; `onBytes` has not seen it. */
  get rest(): Buffer {
    return this.#rest;
  }

  /** The server's address, while the connection is open. */
  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** The port on this side, while the connection is open. */
  get localPort(): number | undefined {
    return this.#socket.localPort;
  }

  write(bytes: Buffer | string): void {
    this.#socket.write(bytes);
  }

  /** The server may end the connection from now on. */
  expectEnd(): void {
    this.#isEnding = true;
  }

  /** Ends the connection, a plain one by a reset, which leaves no port waiting. */
  cut(): void {
    this.#isEnding = true;
    if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #lose(reason: Error): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#socket.destroy();
    this.onLost(reason);
  }
}

function connectSocket({ url, address, tls }: Target, take: (chunk: Buffer) => void): Socket {
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const isSecure = url.protocol === "wss:";
  const place = {
    host: address ?? name,
    port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
    noDelay: true,
  };
  if (isSecure) {
    // Server Name Indication is for names, not for addresses (RFC 6066 §3).
    const servername = isIP(name) === 0 ? name : "";
    return connectTls({ ...place, servername, ALPNProtocols: ["http/1.1"], ...tls })
      .setNoDelay(true)
      .on("data", take);
  }
  const callback = (size: number): boolean => {
    take(readBuffer.subarray(0, size));
    return true;
  };
  return connectTcp({ ...place, onread: { buffer: readBuffer, callback } });
}
