import { createHash, randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import { encodeClientFrame, readServerFrame } from "./frames.ts";

/** Where a server listens, and how to speak to it. */
export interface Target {
  readonly port: number;
  /** The certificate to trust; without it, the connection is plain. */
  readonly ca?: string;
  readonly deflate: boolean;
  readonly dialect: "websocket" | "socket.io";
}

const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** All connections read into this one: it is used up before the next read (Node's `onread`). */
const readBuffer = Buffer.allocUnsafe(256 * 1024);
const OFFER = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

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
  #isEnding = false;

  private constructor(target: Target) {
    const take = (chunk: Buffer): void => {
      try {
        this.onBytes(chunk);
      } catch (error) {
        this.#lose(error as Error);
      }
    };
    const where = { port: target.port, host: "127.0.0.1" };
    if (target.ca === undefined) {
      const callback = (size: number): boolean => {
        take(readBuffer.subarray(0, size));
        return true;
      };
      this.#socket = connectTcp({ ...where, noDelay: true, onread: { buffer: readBuffer, callback } });
    } else {
      this.#socket = connectTls({ ...where, ca: target.ca });
      this.#socket.setNoDelay(true).on("data", take);
    }
    this.#socket.on("error", (error) => this.#lose(error));
    this.#socket.on("close", () => {
      this.#lose(new Error("The server closed a connection"));
      this.onEnd();
    });
  }

  /** Resolves when messages may be sent: after the upgrade, and for Socket.IO after its own opening. */
  static async open(target: Target, path: string): Promise<Connection> {
    const connection = new Connection(target);
    const reader = new OpeningReader(connection);
    await connection.#upgrade(reader, target, path);
    if (target.dialect === "socket.io") {
      await reader.readText("0{");
      connection.write(encodeClientFrame({ payload: Buffer.from("40"), opcode: 1 }));
      await reader.readText("40{");
    }
    reader.finish();
    return connection;
  }

  async #upgrade(reader: OpeningReader, target: Target, path: string): Promise<void> {
    const key = randomBytes(16).toString("base64");
    const url = target.dialect === "socket.io" ? `/socket.io/?EIO=4&transport=websocket&path=${path}` : path;
    const lines = [
      `GET ${url} HTTP/1.1`,
      `Host: 127.0.0.1:${target.port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${key}`,
      "Sec-WebSocket-Version: 13",
      ...(target.deflate ? [`Sec-WebSocket-Extensions: ${OFFER}`] : []),
    ];
    this.write(`${lines.join("\r\n")}\r\n\r\n`);
    const head = await reader.readHead();
    const accept = createHash("sha1")
      .update(key + ACCEPT_GUID)
      .digest("base64");
    if (!head.startsWith("HTTP/1.1 101 ") || !head.includes(accept)) {
      throw new Error(`The upgrade was refused: ${head.split("\r\n", 1)[0]}`);
    }
    const compresses = /permessage-deflate.*server_no_context_takeover/i.test(head);
    if (compresses !== target.deflate) throw new Error(`Compression was not negotiated as asked:\n${head}`);
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

/** Reads what comes before the messages, piece by piece, and hands what is left to nobody: nothing may be. */
class OpeningReader {
  readonly #connection: Connection;
  #bytes: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onBytes = (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake?.();
    };
    connection.onLost = (reason) => {
      this.#failure = reason;
      this.#wake?.();
    };
  }

  async readHead(): Promise<string> {
    return this.#read((bytes) => {
      const end = bytes.indexOf("\r\n\r\n");
      return end < 0 ? null : { value: bytes.toString("latin1", 0, end), length: end + 4 };
    });
  }

  async readText(start: string): Promise<void> {
    const text = await this.#read((bytes) => {
      const frame = readServerFrame(bytes);
      return frame === null ? null : { value: frame.payload.toString(), length: frame.length };
    });
    if (!text.startsWith(start)) throw new Error(`"${text}" came instead of "${start}…"`);
  }

  finish(): void {
    this.#connection.onBytes = () => {};
    this.#connection.onLost = () => {};
    if (this.#bytes.length > 0) throw new Error("The server sent a message that nobody had asked for");
  }

  async #read(parse: (bytes: Buffer) => { value: string; length: number } | null): Promise<string> {
    for (;;) {
      const found = parse(this.#bytes);
      if (found !== null) {
        this.#bytes = this.#bytes.subarray(found.length);
        return found.value;
      }
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
