/** A value that a caller gave, for the message of the error that refuses it: text in quotes, of objects the kind only. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return String(value);
  if (value === undefined || value === null) return String(value);
  return `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
