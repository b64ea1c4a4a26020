import { type Authority, parseAuthority } from "./authority.ts";

/** An origin (RFC 6454 §4) as the triple that is compared. */
export interface Origin {
  readonly scheme: string;
  readonly host: string;
  /** The scheme's default where none is written; undefined for a scheme without a default. */
  readonly port: number | undefined;
}

const schemePattern = /^[a-z][a-z0-9+.-]*$/;
const defaultPorts: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["https", 443],
]);

/**
 * Reads an origin in the form in which a browser sends it, `scheme "://" host [":" port]` (RFC 6454 §6.2), in any case.
 * Undefined for anything else: `null`, a list, a path, a user name, an empty host (but `file://`, which Android's
 * WebView sends).
 */
export function parseOrigin(text: string): Origin | undefined {
  const schemeEnd = text.indexOf("://");
  if (schemeEnd === -1) return undefined;
  const scheme = text.slice(0, schemeEnd).toLowerCase();
  if (!schemePattern.test(scheme)) return undefined;
  const rest = text.slice(schemeEnd + 3);
  if (scheme === "file" && rest === "") return { scheme, host: "", port: undefined };
  const authority = parseAuthority(rest);
  if (authority === undefined || rest.endsWith(":")) return undefined;
  return { scheme, host: authority.host, port: portUnder(scheme, authority) };
}

/** The port of `authority` for `scheme`. */
export function portUnder(scheme: string, authority: Authority): number | undefined {
  return authority.port ?? defaultPorts.get(scheme);
}

/** One spelling of an origin: two origins are the same if these texts are. */
export function originKey({ scheme, host, port }: Origin): string {
  return `${scheme}://${host}:${port ?? ""}`;
}
