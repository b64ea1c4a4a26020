import { hexDump } from "./hex.ts";
import { visibleText } from "./visible-text.ts";

/** A longer text is cut, as a terminal cannot show it sensibly; a pipe gets all of it. */
const shownCharactersMax = 16_384;

/** Lines for a message that came in: `< text`, or `< binary, N bytes` and a dump. Later lines are indented, so that no
 * text can pass itself off as a message of its own. */
export function incomingLines(message: string | Uint8Array): string[] {
  if (typeof message !== "string") {
    const { byteLength } = message;
    return [`< binary, ${byteLength} ${byteLength === 1 ? "byte" : "bytes"}`, ...indent(hexDump(message))];
  }
  const hidden = message.length - shownCharactersMax;
  const shown = hidden > 0 ? message.slice(0, shownCharactersMax) : message;
  const [first = "", ...others] = visibleText(shown).split("\n");
  const lines = [`< ${first}`, ...indent(others)];
  if (hidden > 0) lines.push(...indent([`… ${hidden} more ${hidden === 1 ? "character" : "characters"}`]));
  return lines;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
