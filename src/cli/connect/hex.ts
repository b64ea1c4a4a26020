/** Rows of a dump that are shown before the rest is only counted. */
const dumpRowsMax = 16;
const bytesPerRow = 16;

/**
 * Writes bytes as rows of position, hex and ASCII. Only the first 256 bytes are shown; a last row counts the rest.
 */
export function hexDump(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  const shownBytes = Math.min(bytes.byteLength, dumpRowsMax * bytesPerRow);
  for (let start = 0; start < shownBytes; start += bytesPerRow) {
    rows.push(hexRow(start, bytes.subarray(start, Math.min(start + bytesPerRow, shownBytes))));
  }
  const hidden = bytes.byteLength - shownBytes;
  if (hidden > 0) rows.push(`… ${hidden} more ${hidden === 1 ? "byte" : "bytes"}`);
  return rows;
}

function hexRow(position: number, bytes: Uint8Array): string {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const left = pairs.slice(0, 8).join(" ").padEnd(23);
  const right = pairs.slice(8).join(" ").padEnd(23);
  const ascii = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."));
  return `${position.toString(16).padStart(8, "0")}  ${left}  ${right}  |${ascii.join("")}|`;
}

/** Reads hex with or without white space between the pairs; null if it is anything else or half a byte is left. */
export function parseHex(text: string): Uint8Array | null {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null;
  return Buffer.from(digits, "hex");
}
