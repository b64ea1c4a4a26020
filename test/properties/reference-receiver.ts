import type { Role } from "../../src/protocol/index.ts";
import { type ReceivedEvent, zlibInflater } from "./received-events.ts";

/**
 * The rules of RFC 6455 §5 and RFC 7692 §6 once more, in the plainest way and for a whole stream at once, to compare
 * the receiver with. Failures are told by close code alone: which of two broken rules is named first is free.
 */
export function referenceEvents(
  bytes: Buffer,
  { role, deflate = false }: { role: Role; deflate?: boolean },
): ReceivedEvent[] {
  const model = new ReferenceReceiver(role, deflate);
  let at = 0;
  try {
    while (!model.isOver) {
      const size = model.readFrame(bytes.subarray(at));
      if (size === 0) break;
      at += size;
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    model.events.push(["error", failure.closeCode]);
  }
  return model.events;
}

/** As `newReceiver` sets it. Only a declared length passes it here; the streams themselves are shorter. */
const payloadBytesMax = 1_000_000;

class Failure extends Error {
  readonly closeCode: number;
  constructor(closeCode: number) {
    super();
    this.closeCode = closeCode;
  }
}

interface Header {
  fin: boolean;
  rsv: number;
  opcode: number;
  key: Buffer | undefined;
  length: number;
  size: number;
}

class ReferenceReceiver {
  readonly events: ReceivedEvent[] = [];
  isOver = false;
  #open: { opcode: number; isCompressed: boolean; parts: Buffer[] } | undefined;
  readonly #role: Role;
  readonly #deflate: boolean;

  constructor(role: Role, deflate: boolean) {
    this.#role = role;
    this.#deflate = deflate;
  }

  /** Reads one frame and returns its size; 0 if the bytes end inside it. */
  readFrame(bytes: Buffer): number {
    const header = readHeader(bytes);
    if (header === undefined) return 0;
    this.#checkHeader(header);
    const { key, length, size } = header;
    const payload = Buffer.from(bytes.subarray(size, size + length));
    if (key !== undefined) for (let i = 0; i < payload.length; i++) payload[i]! ^= key[i % 4]!;
    const isWhole = payload.length === length;
    if (header.opcode >= 8) {
      if (isWhole) this.#control(header.opcode, payload);
    } else this.#data(header, payload, isWhole);
    return isWhole ? size + length : 0;
  }

  #checkHeader({ fin, rsv, opcode, key, length }: Header): void {
    if ((key !== undefined) !== (this.#role === "server")) throw new Failure(1002);
    if (![0, 1, 2, 8, 9, 10].includes(opcode)) throw new Failure(1002);
    const mayCompress = this.#deflate && (opcode === 1 || opcode === 2);
    if (rsv !== 0 && !(rsv === 4 && mayCompress)) throw new Failure(1002);
    if (opcode >= 8 && (!fin || length > 125)) throw new Failure(1002);
    if (opcode === 0 && this.#open === undefined) throw new Failure(1002);
    if ((opcode === 1 || opcode === 2) && this.#open !== undefined) throw new Failure(1002);
    if (opcode < 8 && length > payloadBytesMax) throw new Failure(1009);
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode !== 8) {
      this.events.push([opcode === 9 ? "ping" : "pong", payload.toString("hex")]);
      return;
    }
    this.isOver = true;
    if (payload.length === 0) {
      this.events.push(["close", 1005, ""]);
      return;
    }
    if (payload.length === 1) throw new Failure(1002);
    const code = payload.readUInt16BE();
    const isAllowed =
      (code >= 3000 && code < 5000) ||
      [1000, 1001, 1002, 1003].includes(code) ||
      (code >= 1007 && code <= 1014);
    if (!isAllowed) throw new Failure(1002);
    if (decode(payload.subarray(2)) === undefined) throw new Failure(1007);
    this.events.push(["close", code, payload.toString("hex", 2)]);
  }

  #data({ fin, rsv, opcode }: Header, payload: Buffer, isWhole: boolean): void {
    this.#open ??= { opcode, isCompressed: rsv === 4, parts: [] };
    const message = this.#open;
    message.parts.push(payload);
    const joined = Buffer.concat(message.parts);
    const isEnd = isWhole && fin;
    if (message.opcode === 1 && !message.isCompressed && decode(joined, !isEnd) === undefined)
      throw new Failure(1007);
    if (!isEnd) return;
    this.#open = undefined;
    this.#deliver(message.opcode, message.isCompressed ? inflate(joined) : joined);
  }

  #deliver(opcode: number, bytes: Buffer): void {
    const text = opcode === 1 ? decode(bytes) : bytes.toString("hex");
    if (text === undefined) throw new Failure(1007);
    this.events.push([opcode === 1 ? "text" : "binary", text]);
  }
}

function readHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const keyAt = short === 127 ? 10 : short === 126 ? 4 : 2;
  const size = bytes[1]! >= 0x80 ? keyAt + 4 : keyAt;
  if (bytes.length < size) return undefined;
  const long =
    short === 127 ? bytes.readBigUInt64BE(2) : BigInt(short === 126 ? bytes.readUInt16BE(2) : short);
  const isMinimal = short < 126 || (short === 126 ? long > 125n : long > 65_535n);
  const key = size === keyAt ? undefined : bytes.subarray(keyAt, size);
  const header = {
    fin: bytes[0]! >= 0x80,
    rsv: (bytes[0]! >> 4) & 7,
    opcode: bytes[0]! & 15,
    key,
    length: Number(long),
    size,
  };
  if (!isMinimal || long >= 2n ** 63n) throw new Failure(1002);
  return header;
}

function inflate(compressed: Buffer): Buffer {
  const result = zlibInflater.inflate(compressed, payloadBytesMax);
  if (typeof result === "string") throw new Failure(result === "too-large" ? 1009 : 1007);
  return Buffer.from(result);
}

function decode(bytes: Uint8Array, isUnfinished = false): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isUnfinished });
  } catch {
    return undefined;
  }
}
