/** Whether a version, such as "1.1", is one that can upgrade: 1.1 or later (RFC 6455 §4.1). */
export function canUpgrade(httpVersion: string): boolean {
  // One digit, a point, one digit: text is ordered as the numbers are.
  return httpVersion >= "1.1";
}
