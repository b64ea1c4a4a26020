/** Conversions of Web IDL, for arguments that the WHATWG standard describes by its types. */

/** DOMString: a symbol is a TypeError, which `String()` would take. */
export function toDomString(value: unknown): string {
  if (typeof value === "symbol") throw new TypeError("A symbol cannot be turned into a string");
  return String(value);
}

/** [Clamp] unsigned short: the nearest integer in range, ties to even. A bigint is a TypeError. */
export function toClampedUnsignedShort(value: unknown): number {
  if (typeof value === "bigint") throw new TypeError("A bigint cannot be turned into a number");
  const number = Math.min(Math.max(Number(value), 0), 65_535);
  if (Number.isNaN(number)) return 0;
  const floor = Math.floor(number);
  const isTieToEven = number - floor === 0.5 && floor % 2 === 0;
  return isTieToEven ? floor : Math.round(number);
}
