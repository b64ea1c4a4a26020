import { parseAuthority } from "./authority.ts";
import type { PerMessageDeflateOptions } from "./deflate-options.ts";
import { permessageDeflate } from "./deflate-settings.ts";
import { HandshakeError } from "./errors.ts";
import { parseExtensions } from "./extensions.ts";
import { type ExtraHeaders, formatExtraHeaders } from "./extra-headers.ts";
import { acceptFor, isHandshakeKey, type Sha1Base64 } from "./handshake-key.ts";
import { listHas } from "./header-grammar.ts";
import type { ResponseHead } from "./http-head.ts";
import { canUpgrade } from "./http-version.ts";
import { type DeflateParameters, readDeflateResponse } from "./permessage-deflate.ts";
import { readTarget } from "./request-target.ts";
import { areSubprotocols } from "./subprotocols.ts";

/** What a client asks for. */
export interface UpgradeDemand {
  /** Host, and port where it is not the scheme's default. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  /** As `makeHandshakeKey` gives it. */
  readonly key: string;
  readonly protocols?: readonly string[] | undefined;
  /** As `deflateOffer` gives it. */
  readonly extensions?: string | undefined;
  readonly origin?: string | undefined;
  /** Further headers, such as Authorization. */
  readonly headers?: ExtraHeaders | undefined;
}

const demandHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "host",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-protocol",
  "sec-websocket-version",
  "transfer-encoding",
  "upgrade",
]);
const demandHeadersWithOrigin: ReadonlySet<string> = new Set([...demandHeaders, "origin"]);

/**
 * A client's opening handshake (RFC 6455 §4.1), in ASCII. Throws a `TypeError` that names what is not valid; in `headers`
 * also what the handshake writes itself.
 */
export function writeUpgradeRequest(demand: UpgradeDemand): string {
  checkDemand(demand);
  const { host, target, key, protocols = [], extensions, origin, headers } = demand;
  const reserved = origin === undefined ? demandHeaders : demandHeadersWithOrigin;
  return (
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n` +
    (protocols.length === 0 ? "" : `Sec-WebSocket-Protocol: ${protocols.join(", ")}\r\n`) +
    (extensions === undefined ? "" : `Sec-WebSocket-Extensions: ${extensions}\r\n`) +
    (origin === undefined ? "" : formatExtraHeaders({ Origin: origin }, demandHeaders)) +
    `${formatExtraHeaders(headers, reserved)}\r\n`
  );
}

function checkDemand({ host, target, key, protocols = [] }: UpgradeDemand): void {
  if (parseAuthority(host) === undefined) throw new TypeError(`host is ${JSON.stringify(host)}, not a host`);
  if (!target.startsWith("/") || readTarget(target) === undefined) {
    throw new TypeError(`target is ${JSON.stringify(target)}, not a path with an optional query`);
  }
  if (!isHandshakeKey(key)) throw new TypeError("key is not the base64 of 16 bytes");
  if (!areSubprotocols(protocols)) {
    throw new TypeError(`protocols is ${JSON.stringify(protocols)}, not a list of different tokens`);
  }
}

/** What the client had asked for, to hold the response against. */
export interface SentUpgrade {
  readonly key: string;
  readonly protocols: readonly string[];
  /** The options that `deflateOffer` was made of; undefined if it was not offered. */
  readonly deflate: PerMessageDeflateOptions | undefined;
}

/** What both ends then use. Texts are empty where there is none, as the WebSocket interface has them. */
export interface EstablishedUpgrade {
  readonly protocol: string;
  readonly extensions: string;
  readonly deflate: DeflateParameters | undefined;
}

/**
 * Holds a server's response against what was asked for (RFC 6455 §4.1). Throws a `HandshakeError`, upon which the client
 * must drop the connection.
 */
export function readUpgradeResponse(
  head: ResponseHead,
  sent: SentUpgrade,
  sha1Base64: Sha1Base64,
): EstablishedUpgrade {
  const { status, headers } = head;
  if (status !== 101) throw new HandshakeError("WS_HANDSHAKE_STATUS", { status });
  if (!canUpgrade(head.httpVersion)) {
    throw new HandshakeError("WS_HANDSHAKE_HTTP_VERSION", { version: head.httpVersion, status });
  }
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new HandshakeError("WS_HANDSHAKE_RESPONSE_UPGRADE");
  }
  if (!listHas(headers.get("connection"), "upgrade")) {
    throw new HandshakeError("WS_HANDSHAKE_RESPONSE_CONNECTION");
  }
  if (headers.get("sec-websocket-accept") !== acceptFor(sent.key, sha1Base64)) {
    throw new HandshakeError("WS_HANDSHAKE_ACCEPT");
  }
  const extensions = headers.get("sec-websocket-extensions");
  const deflate = extensions === undefined ? undefined : readChosenExtensions(extensions, sent.deflate);
  const protocol = readChosenProtocol(headers.get("sec-websocket-protocol"), sent.protocols);
  return { protocol, extensions: extensions ?? "", deflate };
}

/** Browsers open nothing when a server passes over all subprotocols, though RFC 6455 would let them. */
function readChosenProtocol(chosen: string | undefined, offered: readonly string[]): string {
  if (chosen === undefined && offered.length > 0)
    throw new HandshakeError("WS_HANDSHAKE_PROTOCOL_NOT_CHOSEN");
  if (chosen !== undefined && !offered.includes(chosen)) {
    throw new HandshakeError("WS_HANDSHAKE_PROTOCOL_NOT_OFFERED", { protocol: chosen });
  }
  return chosen ?? "";
}

/** permessage-deflate is all that is ever offered, and one use of it takes RSV1 (RFC 7692 §5). */
function readChosenExtensions(
  header: string,
  options: PerMessageDeflateOptions | undefined,
): DeflateParameters {
  const [first, ...others] = parseExtensions(header);
  const foreign = [first, ...others].find(({ name }) => name !== permessageDeflate);
  if (options === undefined || foreign !== undefined) {
    const { name } = foreign ?? first;
    throw new HandshakeError("WS_HANDSHAKE_EXTENSION_NOT_OFFERED", { extension: name });
  }
  if (others.length > 0) {
    throw new HandshakeError("WS_HANDSHAKE_EXTENSION_REPEATED", { extension: permessageDeflate });
  }
  return readDeflateResponse(first, options);
}
