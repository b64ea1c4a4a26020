import { parseHex } from "./hex.ts";

/** What a line typed at the prompt asks for. */
export type InteractiveLine =
  | { readonly kind: "nothing" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  | { readonly kind: "ping"; readonly data: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  | { readonly kind: "help" }
  | { readonly kind: "problem"; readonly message: string };

/** What `/help` shows. */
export const interactiveHelp = [
  "A line is sent as a text message. Lines that begin with / are commands:",
  "  /ping [data]           send a ping; the pong is shown",
  "  /binary HEX            send a binary message, such as /binary 00 ff 7f",
  "  /close [code] [reason] close with 1000, or a code from 3000 to 4999",
  "  /help                  show this",
  "  //text                 send a message that begins with one /",
  "Ctrl-D or Ctrl-C closes with 1000. A line that begins with a space is not kept in the history.",
];

/** A control frame's payload has at most 125 bytes (RFC 6455 §5.5); a Close frame spends two on the code. */
const pingBytesMax = 125;
const reasonBytesMax = 123;

/** With `binary`, a line that is no command is hex and goes out as a binary message. */
export function parseInteractiveLine(line: string, binary: boolean): InteractiveLine {
  if (line.trim() === "") return { kind: "nothing" };
  if (line.startsWith("//")) return parseMessage(line.slice(1), binary);
  if (!line.startsWith("/")) return parseMessage(line, binary);
  const [, name = "", rest = ""] = /^\/(\S*)\s*(.*)$/su.exec(line) ?? [];
  if (name === "help") return { kind: "help" };
  if (name === "ping") return parsePing(rest);
  if (name === "binary") return parseBinary(rest);
  if (name === "close") return parseClose(rest);
  return problem(
    `There is no command /${name}; /help lists them, and //${name} sends a message that begins with /.`,
  );
}

function parseMessage(text: string, binary: boolean): InteractiveLine {
  return binary ? parseBinary(text) : { kind: "text", text };
}

function parsePing(data: string): InteractiveLine {
  const length = Buffer.byteLength(data);
  if (length > pingBytesMax)
    return problem(`A ping carries at most ${pingBytesMax} bytes, this has ${length}.`);
  return { kind: "ping", data };
}

function parseBinary(text: string): InteractiveLine {
  const bytes = parseHex(text);
  if (bytes === null) return problem("That is not hex; give pairs of digits, such as 00 ff 7f.");
  return { kind: "binary", bytes };
}

function parseClose(rest: string): InteractiveLine {
  const [, codeText = "", reason = ""] = /^(\S*)\s*(.*)$/su.exec(rest) ?? [];
  const code = codeText === "" ? 1000 : Number(codeText);
  if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999)) {
    return problem(`${codeText} is not a code that a client may send; allowed are 1000 and 3000 to 4999.`);
  }
  const length = Buffer.byteLength(reason);
  if (length > reasonBytesMax) {
    return problem(`A close reason has at most ${reasonBytesMax} bytes, this has ${length}.`);
  }
  return { kind: "close", code, reason };
}

function problem(message: string): InteractiveLine {
  return { kind: "problem", message };
}
