// What can make one text pass for another or run out of its place: controls, bidirectional overrides and marks, invisible
// spaces. The joiners U+200C and U+200D stay: Persian and emoji need them.
const DECEPTIVE = /[\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/gu;
const CONTROLS = /\p{Cc}/gu;
const CONTROLS_BUT_LINES = /[^\P{Cc}\n\t]/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** One line of text, such as a nickname or a file's name, cut to `charsMax` UTF-16 units; empty if nothing visible is left. */
export function cleanLine(text: string, charsMax: number): string {
  const line = text
    .normalize("NFC")
    .replace(DECEPTIVE, "")
    .replace(/\s+/gu, " ")
    .replace(CONTROLS, "")
    .trim();
  if (!VISIBLE.test(line)) return "";
  return cutTo(line, charsMax).trim();
}

/** Text of several lines; empty if nothing visible is left. Its length is the caller's to check: talk is never cut silently. */
export function cleanText(text: string): string {
  const lines = text
    .toWellFormed()
    .replace(/\r\n?/gu, "\n")
    .replace(DECEPTIVE, "")
    .replace(CONTROLS_BUT_LINES, "");
  return VISIBLE.test(lines) ? lines.trim() : "";
}

function cutTo(text: string, charsMax: number): string {
  const cut = text.slice(0, charsMax);
  // A surrogate pair cut in half would leave a lone one at the end.
  return (/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut).toWellFormed();
}
