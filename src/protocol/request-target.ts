import { parseAuthority } from "./authority.ts";

/** A request target as the resource name that it stands for (RFC 6455 §3). */
export interface RequestTarget {
  readonly pathAndQuery: string;
  readonly path: string;
  /** The host and port of an absolute target. */
  readonly authority: string | undefined;
}

// Visible ASCII but "#": a fragment is the client's own business (RFC 6455 §3).
const characterPattern = /^[!"$-~]+$/;
const absolutePattern = /^https?:\/\//i;

/**
 * Reads the target of a request: a path with a query, or an absolute http: or https: URI that has one (RFC 6455
 * §4.2.1). Undefined for anything else. A path that begins with "//" stays a path.
 */
export function readTarget(target: string): RequestTarget | undefined {
  if (!characterPattern.test(target)) return undefined;
  if (target.startsWith("/")) return split(target, undefined);
  const scheme = absolutePattern.exec(target)?.[0];
  if (scheme === undefined) return undefined;
  const rest = target.slice(scheme.length);
  const pathStart = rest.search(/[/?]/);
  const authority = pathStart === -1 ? rest : rest.slice(0, pathStart);
  if (parseAuthority(authority) === undefined) return undefined;
  const pathAndQuery = pathStart === -1 ? "" : rest.slice(pathStart);
  return split(pathAndQuery.startsWith("/") ? pathAndQuery : `/${pathAndQuery}`, authority);
}

function split(pathAndQuery: string, authority: string | undefined): RequestTarget {
  const queryStart = pathAndQuery.indexOf("?");
  const path = queryStart === -1 ? pathAndQuery : pathAndQuery.slice(0, queryStart);
  return { pathAndQuery, path, authority };
}
