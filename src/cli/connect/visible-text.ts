/**
 * Characters that a terminal acts on, or that change the order in which it shows others: C0 and C1 controls except
 * tab and line feed, DEL, Unicode's line and paragraph separators and its bidirectional controls. A peer that could
 * send them could retitle the window, rewrite lines above, or show a text other than the one received.
 */
const unsafeCharacters =
  // oxlint-disable-next-line no-control-regex -- finding them is what this is for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Writes a peer's text so that a terminal only shows it: every character that a terminal would act on becomes its
 * escape as in JavaScript (`\x1b`, `\u202e`). Tab and line feed stay.
 */
export function visibleText(text: string): string {
  return text.replace(unsafeCharacters, escapeOf);
}

/** As {@link visibleText}, for what must stay on one line, such as a close reason: tab and line feed are escaped, too. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

function escapeOf(character: string): string {
  if (character === "\r") return "\\r";
  const code = character.charCodeAt(0);
  return code <= 0xff
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
