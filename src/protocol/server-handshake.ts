import { parseAuthority } from "./authority.ts";
import { HandshakeError } from "./errors.ts";
import { type Extension, parseExtensions } from "./extensions.ts";
import { type ExtraHeaders, formatExtraHeaders } from "./extra-headers.ts";
import { acceptFor, isHandshakeKey, type Sha1Base64 } from "./handshake-key.ts";
import { isToken, listHas } from "./header-grammar.ts";
import type { HeaderMap } from "./header-map.ts";
import type { RequestHead } from "./http-head.ts";
import { canUpgrade } from "./http-version.ts";
import { readTarget } from "./request-target.ts";
import { parseSubprotocols } from "./subprotocols.ts";

/** What a valid opening handshake asks for (RFC 6455 §4.2.1). Whether it gets it is still to be decided. */
export interface UpgradeOffer {
  /** Path and query, beginning with one "/" at least. It is no URL: "//host" here is a path. */
  readonly target: string;
  /** `target` before its query. */
  readonly path: string;
  /** The authority that the client called: the Host header, or that of an absolute target. */
  readonly host: string;
  readonly key: string;
  /** What the client can speak, the one it prefers first. */
  readonly protocols: readonly string[];
  readonly extensions: readonly Extension[];
  readonly origin: string | undefined;
}

const supportedVersion = "13";

/** Reads a client's opening handshake. Throws a `HandshakeError` with the status and headers to refuse it with. */
export function readUpgradeRequest(head: RequestHead): UpgradeOffer {
  const { headers } = head;
  if (head.method !== "GET") throw new HandshakeError("WS_HANDSHAKE_METHOD", { method: head.method });
  if (!canUpgrade(head.httpVersion)) {
    throw new HandshakeError("WS_HANDSHAKE_HTTP_VERSION", { version: head.httpVersion });
  }
  const target = readTarget(head.target);
  if (target === undefined) throw new HandshakeError("WS_HANDSHAKE_TARGET");
  const host = readHost(headers.get("host"), target.authority);
  requireUpgrade(headers);
  const key = headers.get("sec-websocket-key");
  if (key === undefined || !isHandshakeKey(key)) throw new HandshakeError("WS_HANDSHAKE_KEY");
  requireNoBody(headers);
  const extensions = headers.get("sec-websocket-extensions");
  return {
    target: target.pathAndQuery,
    path: target.path,
    host,
    key,
    protocols: parseSubprotocols(headers.get("sec-websocket-protocol")),
    extensions: extensions === undefined ? [] : parseExtensions(extensions),
    origin: headers.get("origin"),
  };
}

/** The authority of an absolute target counts, but a Host must be there all the same (RFC 9112 §3.2.2). */
function readHost(host: string | undefined, authority: string | undefined): string {
  if (host === undefined || parseAuthority(host) === undefined) throw new HandshakeError("WS_HANDSHAKE_HOST");
  return authority ?? host;
}

function requireUpgrade(headers: HeaderMap): void {
  if (!listHas(headers.get("upgrade"), "websocket")) throw new HandshakeError("WS_HANDSHAKE_UPGRADE");
  if (!listHas(headers.get("connection"), "upgrade")) throw new HandshakeError("WS_HANDSHAKE_CONNECTION");
  const version = headers.get("sec-websocket-version") ?? "missing";
  if (version !== supportedVersion) throw new HandshakeError("WS_HANDSHAKE_VERSION", { version });
}

/** Bytes after the head are frames. A body would be read as frames, too: nothing smuggles it past a proxy. */
function requireNoBody(headers: HeaderMap): void {
  if (headers.has("transfer-encoding")) {
    throw new HandshakeError("WS_HANDSHAKE_BODY", { header: "Transfer-Encoding" });
  }
  if ((headers.get("content-length") ?? "0") !== "0") {
    throw new HandshakeError("WS_HANDSHAKE_BODY", { header: "Content-Length" });
  }
}

/** What the server agrees to. `protocol` and `extensions` are left out where there is none. */
export interface UpgradeAcceptance {
  readonly key: string;
  readonly protocol?: string | undefined;
  /** As `acceptDeflateOffer` gives it. */
  readonly extensions?: string | undefined;
  /** Further headers, such as Set-Cookie. */
  readonly headers?: ExtraHeaders | undefined;
}

const acceptanceHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
  "transfer-encoding",
  "upgrade",
]);

/** The response that opens the connection (RFC 6455 §4.2.2), in ASCII. Throws a `TypeError` for a header of the
 * caller's that is reserved or not valid, and for a protocol that is no token. */
export function writeUpgradeResponse(acceptance: UpgradeAcceptance, sha1Base64: Sha1Base64): string {
  const { key, protocol, extensions, headers } = acceptance;
  if (protocol !== undefined && !isToken(protocol)) {
    throw new TypeError(`The subprotocol ${JSON.stringify(protocol)} is not a token`);
  }
  return (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${acceptFor(key, sha1Base64)}\r\n` +
    (protocol === undefined ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`) +
    (extensions === undefined ? "" : `Sec-WebSocket-Extensions: ${extensions}\r\n`) +
    `${formatExtraHeaders(headers, acceptanceHeaders)}\r\n`
  );
}
