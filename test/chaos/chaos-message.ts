import { drawOf, type Flow } from "./chaos-flow.ts";

const kibibyte = 1024;
/** The largest message of a run. */
const messageBytesMax = 200 * kibibyte;
const headBytes = 8;

/** Of 26 letters each message begins with another one. */
const letters = "abcdefghijklmnopqrstuvwxyz".repeat(Math.ceil(messageBytesMax / 26) + 2);
const bytes = Buffer.from(letters, "latin1");
/** Characters of one to four bytes, of which a part must never be cut in two. */
const mixed = "line é 中 😀, ";
const mixedText = mixed.repeat(Math.ceil(messageBytesMax / mixed.length));

/** The payload of a message, whose flow and id stand in it. */
export function messageOf(flow: Flow, id: number): string | Buffer<ArrayBuffer> {
  const length = lengthOf(flow, id);
  const draw = drawOf(flow, id);
  const start = id % 26;
  if (draw % 3 === 0) return binary(flow, id, length);
  const head = `${flow.index}.${id} `;
  if (draw % 3 === 1) return head + letters.slice(start, start + length);
  // As long as the others in bytes, of which each piece has more than characters.
  return head + mixedText.slice(0, Math.floor(length / 20) * mixed.length);
}

/** The id of a message of the flow; NaN if it is not, to the last byte, what its id says. */
export function idOf(flow: Flow, data: unknown): number {
  if (typeof data === "string") {
    const [, index, id] = /^(\d+)\.(\d+) /.exec(data) ?? [];
    return Number(index) === flow.index && data === messageOf(flow, Number(id)) ? Number(id) : Number.NaN;
  }
  const found = Buffer.from(data as ArrayBuffer);
  if (found.length < headBytes || found.readUInt32BE(0) !== flow.index) return Number.NaN;
  const id = found.readUInt32BE(4);
  const wanted = messageOf(flow, id);
  return typeof wanted !== "string" && found.equals(wanted) ? id : Number.NaN;
}

/** All that the messages of the flows come to, nearly. */
export function bytesOf(flows: readonly Flow[]): number {
  let sum = 0;
  for (const flow of flows) for (let id = 0; id < flow.messages; id++) sum += lengthOf(flow, id) + headBytes;
  return sum;
}

function binary(flow: Flow, id: number, length: number): Buffer<ArrayBuffer> {
  const start = id % 26;
  const message = Buffer.alloc(headBytes + length);
  message.writeUInt32BE(flow.index, 0);
  message.writeUInt32BE(id, 4);
  bytes.copy(message, headBytes, start, start + length);
  return message;
}

/** Most are small; those of `files` are larger, and a few are as large as may be. */
function lengthOf(flow: Flow, id: number): number {
  const draw = drawOf(flow, id);
  const thousandth = draw % 1000;
  const fraction = (draw >>> 10) / 2 ** 22;
  if (flow.stream === "notes") return Math.floor(fraction * 100);
  if (flow.stream === "files") {
    const most = thousandth < 10 ? messageBytesMax : thousandth < 100 ? 20 * kibibyte : 4 * kibibyte;
    return Math.floor(fraction * (most - 64));
  }
  const most = thousandth < 1 ? 20 * kibibyte : thousandth < 150 ? 2 * kibibyte : 200;
  return Math.floor(fraction * most);
}
