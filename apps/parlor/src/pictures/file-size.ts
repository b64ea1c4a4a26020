const UNITS = ["KB", "MB"];

/** Bytes in words, with 1,000 bytes to the KB as people's file managers count, and never "0 KB" for something. */
export function describeFileSize(byteLength: number): string {
  if (byteLength < 1000) return byteLength === 1 ? "1 byte" : `${byteLength} bytes`;
  let size = byteLength / 1000;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 9.95 ? size.toFixed(1).replace(".0", "") : Math.round(size)} ${UNITS[unit]}`;
}
