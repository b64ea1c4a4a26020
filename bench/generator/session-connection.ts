import type { Burst } from "../../src/cli/load/burst.ts";
import type { Connection } from "../../src/cli/load/connection.ts";
import type { EchoConnection } from "../../src/cli/load/echo-client.ts";
import { encodeClientFrame, encodeServerFrame, readServerFrame } from "../../src/cli/load/frames.ts";

const windowMessages = 1024;
const windowBytes = 256 * 1024;
/** How many echoes may come before credit is given back. */
const creditEvery = windowMessages / 2;

const colon = 0x3a;
const text = 1;

/**
 * Stands between an echo load and a server whose frames are not simply the echo: takes each frame of it, and hands on
 * the echo as a plain server would have sent it.
 */
abstract class TranslatedConnection implements EchoConnection {
  onBytes: (chunk: Buffer) => void = () => {};
  readonly rest: Buffer = Buffer.alloc(0);
  protected readonly connection: Connection;
  /** The end of a chunk that is the beginning of a frame. */
  #part: Buffer = Buffer.alloc(0);

  constructor(connection: Connection) {
    this.connection = connection;
    connection.onBytes = (chunk) => this.take(chunk);
    if (connection.rest.length > 0) this.take(connection.rest);
  }

  /** The echo in a frame; undefined if it holds none. */
  protected abstract echoIn(payload: Buffer): Buffer | undefined;

  write(bytes: Buffer | string): void {
    this.connection.write(bytes);
  }

  protected take(chunk: Buffer): void {
    const bytes = this.#part.length === 0 ? chunk : Buffer.concat([this.#part, chunk]);
    const echoes: Buffer[] = [];
    let at = 0;
    for (;;) {
      const frame = readServerFrame(bytes.subarray(at));
      if (frame === null) break;
      at += frame.length;
      const payload = frame.opcode > 2 ? undefined : this.echoIn(frame.payload);
      if (payload !== undefined) echoes.push(encodeServerFrame({ payload, opcode: frame.opcode as 1 | 2 }));
    }
    // What came is lent for this call only.
    this.#part = Buffer.from(bytes.subarray(at));
    if (echoes.length > 0) this.onBytes(Buffer.concat(echoes));
  }
}

/**
 * Speaks `ropeway.1` for an echo load that knows nothing of sessions: what it writes gets numbers, what comes loses
 * them, and what has come is acknowledged as our own client does it: with the next message, and for credit.
 */
export class SessionConnection extends TranslatedConnection {
  readonly #burst: Burst;
  #sent = 0;
  #received = 0;
  #receivedBytes = 0;
  #said = 0;
  #credited = 0;

  constructor(connection: Connection, burst: Burst) {
    super(connection);
    this.#burst = burst;
  }

  override write(bytes: Buffer | string): void {
    if (bytes !== this.#burst.request) return super.write(bytes);
    const frames = this.#burst.messages.map(({ payload, opcode }) => {
      const header = Buffer.from(`${++this.#sent}${this.#handledToSay()}:`);
      return encodeClientFrame({ payload: Buffer.concat([header, payload]), opcode });
    });
    super.write(Buffer.concat(frames));
  }

  #handledToSay(): string {
    if (this.#said === this.#received) return "";
    this.#said = this.#received;
    return `~${this.#received}`;
  }

  protected override echoIn(frame: Buffer): Buffer | undefined {
    const first = frame[0] ?? 0;
    if (first < 0x30 || first > 0x39) return undefined;
    const payload = frame.subarray(frame.indexOf(colon) + 1);
    this.#received++;
    this.#receivedBytes += payload.length;
    if (this.#received - this.#credited >= creditEvery) this.#giveCredit();
    return payload;
  }

  #giveCredit(): void {
    const all = this.#received;
    this.#credited = this.#said = all;
    const ack = `ack 0 ${all} ${all} ${all} ${all + windowMessages} ${this.#receivedBytes + windowBytes}`;
    super.write(encodeClientFrame({ payload: Buffer.from(ack), opcode: text }));
  }
}

/** Socket.IO with recovery puts the message's position behind the arguments. */
export class RecoveringSocketIoConnection extends TranslatedConnection {
  protected override echoIn(payload: Buffer): Buffer {
    return Buffer.concat([payload.subarray(0, payload.lastIndexOf(',"')), closingBracket]);
  }
}

const closingBracket = Buffer.from("]");

/** What a client says to open a session. */
export function openFrame(nonce: string): string {
  const members = {
    nonce,
    linkEpoch: 1,
    protocols: [],
    messageBytesMax: 1024 * 1024,
    streamsMax: 64,
    window: [windowMessages, windowBytes],
    streamWindow: [16, 16 * 1024],
  };
  return `open ${JSON.stringify(members)}`;
}
