import { CommandError } from "../errors.ts";
import { parseHex } from "./hex.ts";

/**
 * How messages stand on the lines of a pipe.
 *
 * - `text`: a line is a text message. A binary message comes out as hex.
 * - `binary`: a line of hex is a binary message, both ways. A text message comes out as it is.
 * - `json`: a line is `{"type":"text","data":…}` or `{"type":"binary","data":HEX}`, both ways. Only this format keeps
 *   the kinds apart and a message with line feeds in it on one line.
 */
export type PipeFormat = "text" | "binary" | "json";

/** Writes a message that came in as a line, without the line feed. */
export function formatMessage(message: string | Uint8Array, format: PipeFormat): string {
  const isText = typeof message === "string";
  const data = isText
    ? message
    : Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString("hex");
  return format === "json" ? JSON.stringify({ type: isText ? "text" : "binary", data }) : data;
}

/** Reads a line as the message to send; throws `CLI_INPUT_INVALID` with the line's number. */
export function parseMessage(line: string, format: PipeFormat, lineNumber: number): string | Uint8Array {
  if (format === "text") return line;
  const message = format === "binary" ? parseHex(line) : parseJsonMessage(line);
  if (message !== null) return message;
  const allowed =
    format === "binary"
      ? "hex, as --binary expects"
      : '{"type":"text","data":"…"} or {"type":"binary","data":"HEX"}';
  throw new CommandError("CLI_INPUT_INVALID", { line: lineNumber, allowed });
}

function parseJsonMessage(line: string): string | Uint8Array | null {
  const value = parseJson(line);
  if (typeof value !== "object" || value === null) return null;
  const { type, data } = value as { type?: unknown; data?: unknown };
  if (typeof data !== "string") return null;
  if (type === "text") return data;
  return type === "binary" ? parseHex(data) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
