import { visibleLine } from "./visible-text.ts";

/** What a `close` event says, and whether this side asked for it. */
export interface CloseFacts {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  readonly isOurs: boolean;
}

/** For people; the registry's own names are terse (RFC 6455 §7.4.1, IANA "WebSocket Close Code Number"). */
const closeNames = new Map([
  [1000, "normal closure"],
  [1001, "going away"],
  [1002, "protocol error"],
  [1003, "unsupported data"],
  [1005, "no code given"],
  [1006, "connection lost without a close"],
  [1007, "invalid payload"],
  [1008, "policy violation"],
  [1009, "message too big"],
  [1010, "extension missing"],
  [1011, "internal error of the server"],
  [1012, "service restart"],
  [1013, "try again later"],
  [1014, "bad gateway"],
  [1015, "TLS handshake failed"],
]);

/** One line about how the connection ended; the reason is the peer's text and is made safe to show. */
export function describeClose({ code, reason, isOurs }: CloseFacts): string {
  const by = code === 1006 ? "Closed" : isOurs ? "Closed by this side" : "Closed by the server";
  const quoted = reason === "" ? "" : ` "${visibleLine(reason)}"`;
  return `${by}: ${code} (${closeName(code)})${quoted}`;
}

function closeName(code: number): string {
  const name = closeNames.get(code);
  if (name !== undefined) return name;
  if (code >= 4000) return "private to the application";
  return code >= 3000 ? "registered by a library or the application" : "unknown code";
}

/** 0 for an end that was asked for or is an ordinary goodbye (1000, 1001, 1005), 3 for every other. */
export function closeExitCode({ code, wasClean, isOurs }: CloseFacts): 0 | 3 {
  if (!wasClean) return 3;
  return isOurs || code === 1000 || code === 1001 || code === 1005 ? 0 : 3;
}
