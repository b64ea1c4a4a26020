/** The longest form: six groups and an IPv4 address, "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255". */
const charactersMax = 45;
const groupCount = 8;

const groupPattern = /^[0-9a-f]{1,4}$/;
const octetPattern = /^(?:0|[1-9]\d{0,2})$/;

/**
 * The one spelling of an IPv6 address (RFC 4291 §2.2) that this code compares by: its eight groups in lower-case
 * hexadecimal without leading zeros. Undefined if `text` is no address. A zone ("%eth0") is none of a URI's.
 */
export function normalizeIpv6(text: string): string | undefined {
  if (text.length > charactersMax) return undefined;
  const halves = text.toLowerCase().split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(readGroups);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === groupCount ? head.join(":") : undefined;
  // "::" stands for at least one group of zeros.
  if (tail === undefined || head.length + tail.length >= groupCount) return undefined;
  // An IPv4 address stands at the end only.
  if (halves[0]?.includes(".")) return undefined;
  const zeros = Array.from({ length: groupCount - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].join(":");
}

function readGroups(text: string): string[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const ipv4 = parts.at(-1)?.includes(".") ? readIpv4(parts.pop() as string) : [];
  if (ipv4 === undefined || !parts.every((part) => groupPattern.test(part))) return undefined;
  return [...parts.map((part) => Number.parseInt(part, 16).toString(16)), ...ipv4];
}

/** An IPv4 address as the two groups that it stands for. */
function readIpv4(text: string): string[] | undefined {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((octet) => octetPattern.test(octet) && Number(octet) <= 255)) {
    return undefined;
  }
  const [a, b, c, d] = octets.map(Number) as [number, number, number, number];
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}
