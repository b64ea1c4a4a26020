import { normalizeIpv6 } from "./ipv6-address.ts";

/** A host and the port that is written after it, if one is. */
export interface Authority {
  /** In lower case; an IPv6 address in brackets and in one spelling. */
  readonly host: string;
  readonly port: number | undefined;
}

// RFC 3986 §3.2.2, a host name; an escape is three characters of it. No "@", so no user name is ever part of a host.
const namePattern = /^(?:[a-z0-9\-._~!$&'()*+,;=]|%[0-9a-f]{2})+$/;
const portPattern = /^\d{0,5}$/;
const portMax = 65_535;

/**
 * Reads `host [":" port]` (RFC 3986 §3.2 without user information), as in a Host header. Undefined if the host is
 * empty or anything is wrong with it.
 */
export function parseAuthority(text: string): Authority | undefined {
  const hostEnd = text.startsWith("[") ? text.indexOf("]") + 1 : endOfName(text);
  const host = normalizeHost(text.slice(0, hostEnd).toLowerCase());
  if (host === undefined) return undefined;
  if (hostEnd === text.length) return { host, port: undefined };
  const digits = text.slice(hostEnd + 1);
  if (text[hostEnd] !== ":" || !portPattern.test(digits) || Number(digits) > portMax) return undefined;
  return { host, port: digits === "" ? undefined : Number(digits) };
}

function endOfName(text: string): number {
  const colon = text.indexOf(":");
  return colon === -1 ? text.length : colon;
}

function normalizeHost(text: string): string | undefined {
  if (!text.startsWith("[")) return namePattern.test(text) ? text : undefined;
  const address = normalizeIpv6(text.slice(1, -1));
  return address === undefined ? undefined : `[${address}]`;
}
