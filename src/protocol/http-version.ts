/** Whether a version, such as "1.1", is one that can upgrade: 1.1 or later (RFC 6455 §4.1). */
export function canUpgrade(httpVersion: string): boolean {
  const [major, minor] = httpVersion.split(".").map(Number) as [number, number];
  return major > 1 || (major === 1 && minor >= 1);
}
