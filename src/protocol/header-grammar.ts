/**
 * The grammar of HTTP field names and values (RFC 9110 §5.5, §5.6) that the opening handshake is made of. Each function
 * looks at a character once: nothing here backtracks, whatever a peer sends.
 */

const TOKEN = 1;
const FIELD = 2;

const HTAB = 0x09;
const SP = 0x20;

const characterClass = classifyCharacters();

function classifyCharacters(): Uint8Array {
  const classes = new Uint8Array(256);
  for (let code = SP; code < 256; code++) if (code !== 0x7f) classes[code] = FIELD;
  classes[HTAB] = FIELD;
  const tokenCharacters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (const character of tokenCharacters) classes[character.charCodeAt(0)] = FIELD | TOKEN;
  return classes;
}

/** Whether a byte may stand in a field value: tab, space, visible ASCII and obs-text (RFC 9110 §5.5). */
export function isFieldByte(byte: number): boolean {
  return characterClass[byte] !== 0;
}

/** Whether `text` may be a field value, one character for each byte (latin1). */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff || !isFieldByte(code)) return false;
  }
  return true;
}

/** The position after the longest token (RFC 9110 §5.6.2) that begins at `start`; `start` itself if there is none. */
export function endOfToken(text: string, start: number): number {
  let end = start;
  while (end < text.length && isTokenCode(text.charCodeAt(end))) end++;
  return end;
}

function isTokenCode(code: number): boolean {
  return code < 0x80 && ((characterClass[code] as number) & TOKEN) !== 0;
}

/** Whether `text` is a token: what method and header names, subprotocols and extension names are. */
export function isToken(text: string): boolean {
  return text !== "" && endOfToken(text, 0) === text.length;
}

/** The position after spaces and tabs from `start` on. */
export function endOfSpace(text: string, start: number): number {
  let end = start;
  while (end < text.length && isSpaceCode(text.charCodeAt(end))) end++;
  return end;
}

function isSpaceCode(code: number): boolean {
  return code === SP || code === HTAB;
}

/**
 * `text`, or its part from `from` to `to`, without the spaces and tabs at its ends. `trim()` would take away the latin1
 * no-break space, too.
 */
export function trimSpace(text: string, from = 0, to: number = text.length): string {
  const start = endOfSpace(text, from);
  let end = to;
  while (end > start && isSpaceCode(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The elements of a comma-separated list without quoted strings; empty ones do not count (RFC 9110 §5.6.1.2). */
export function listElements(text: string): string[] {
  return text
    .split(",")
    .map((element) => trimSpace(element))
    .filter((element) => element !== "");
}

/** Whether a comma-separated list has the element `token`, which is given in lower case, in any case. */
export function listHas(text: string | undefined, token: string): boolean {
  const list = text?.toLowerCase();
  return list === token || (list !== undefined && listElements(list).includes(token));
}

/**
 * Reads the quoted-string (RFC 9110 §5.6.4) whose opening quote is at `start`: what it stands for, and the position
 * after its closing quote. Undefined if it does not end. Characters are checked by whoever read the field's bytes.
 */
export function readQuotedString(text: string, start: number): { value: string; end: number } | undefined {
  let value = "";
  let pieceStart = start + 1;
  for (let i = pieceStart; i < text.length; i++) {
    const character = text[i];
    if (character === '"') return { value: value + text.slice(pieceStart, i), end: i + 1 };
    if (character !== "\\") continue;
    value += text.slice(pieceStart, i);
    pieceStart = i + 1;
    i++;
  }
  return undefined;
}
