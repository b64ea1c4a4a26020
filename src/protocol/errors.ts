/**
 * Errors of the protocol layer.
 *
 * - `ProtocolError`: the peer broke RFC 6455 or RFC 7692, or passed a limit of ours, on an open connection. The
 *   connection is failed with `closeCode`.
 * - `HandshakeError`: the opening handshake failed. A server answers with `status`; a client never opens.
 *
 * Misuse by the caller throws `TypeError` or `RangeError` instead.
 */

interface ProtocolRule {
  readonly closeCode: number;
  readonly clause: string;
  readonly message: string;
}

/** Every rule that a peer can break on an open connection. `{name}` in a message is filled from the facts. */
export const protocolRules = {
  WS_RESERVED_BITS: {
    closeCode: 1002,
    clause: "RFC 6455 §5.2",
    message: "Reserved bits {bits} are set, but no negotiated extension defines them here",
  },
  WS_RESERVED_OPCODE: {
    closeCode: 1002,
    clause: "RFC 6455 §5.2",
    message: "Opcode {opcode} is reserved",
  },
  WS_UNMASKED_CLIENT_FRAME: {
    closeCode: 1002,
    clause: "RFC 6455 §5.1",
    message: "A frame from a client is not masked",
  },
  WS_MASKED_SERVER_FRAME: {
    closeCode: 1002,
    clause: "RFC 6455 §5.1",
    message: "A frame from a server is masked",
  },
  WS_LENGTH_NOT_MINIMAL: {
    closeCode: 1002,
    clause: "RFC 6455 §5.2",
    message: "Payload length {length} is not written in the fewest bytes",
  },
  WS_LENGTH_OUT_OF_RANGE: {
    closeCode: 1002,
    clause: "RFC 6455 §5.2",
    message: "The most significant bit of a 64-bit payload length is set",
  },
  WS_CONTROL_FRAGMENTED: {
    closeCode: 1002,
    clause: "RFC 6455 §5.5",
    message: "A control frame with opcode {opcode} is fragmented",
  },
  WS_CONTROL_TOO_LONG: {
    closeCode: 1002,
    clause: "RFC 6455 §5.5",
    message: "A control frame has {length} payload bytes, at most 125 are allowed",
  },
  WS_UNEXPECTED_CONTINUATION: {
    closeCode: 1002,
    clause: "RFC 6455 §5.4",
    message: "A continuation frame came without a message to continue",
  },
  WS_EXPECTED_CONTINUATION: {
    closeCode: 1002,
    clause: "RFC 6455 §5.4",
    message: "A new message (opcode {opcode}) began before the fragmented one had ended",
  },
  WS_CLOSE_LENGTH: {
    closeCode: 1002,
    clause: "RFC 6455 §5.5.1",
    message: "A Close frame has a body of 1 byte; it is empty or begins with a 2-byte code",
  },
  WS_CLOSE_CODE: {
    closeCode: 1002,
    clause: "RFC 6455 §7.4",
    message: "Close code {closeCode} must not be sent in a Close frame",
  },
  WS_CLOSE_REASON_UTF8: {
    closeCode: 1007,
    clause: "RFC 6455 §5.5.1",
    message: "A close reason is not valid UTF-8",
  },
  WS_TEXT_UTF8: {
    closeCode: 1007,
    clause: "RFC 6455 §8.1",
    message: "A text message is not valid UTF-8",
  },
  WS_DEFLATE_DATA: {
    closeCode: 1007,
    clause: "RFC 7692 §7.2.2",
    message: "A compressed message is not valid DEFLATE data",
  },
  WS_MESSAGE_TOO_LARGE: {
    closeCode: 1009,
    clause: "RFC 6455 §7.4.1",
    message: "A message has at least {length} bytes, the limit is {limit} (maxPayload)",
  },
  WS_TOO_MANY_FRAGMENTS: {
    closeCode: 1008,
    clause: "RFC 6455 §10.4",
    message: "A message has more than {limit} fragments (maxFragments)",
  },
} as const satisfies Record<string, ProtocolRule>;

/** Names the rule that a peer broke. */
export type ProtocolErrorCode = keyof typeof protocolRules;

/** What fills the placeholders of a rule's message: numbers and names, never payload. */
export type ErrorFacts = Readonly<Record<string, string | number>>;

/**
 * The peer broke a rule on an open connection. `code` names the rule, `closeCode` is what the Close frame carries
 * (RFC 6455 §7.4.1), `clause` is where the rule stands, `facts` are the numbers in the message.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;
  readonly closeCode: number;
  readonly clause: string;
  readonly facts: ErrorFacts;

  constructor(code: ProtocolErrorCode, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    const rule = protocolRules[code];
    super(`${fillPlaceholders(rule.message, facts)} (${rule.clause})`, options);
    this.code = code;
    this.closeCode = rule.closeCode;
    this.clause = rule.clause;
    this.facts = facts;
  }
}

interface HandshakeRule {
  readonly status: number;
  readonly clause: string;
  readonly message: string;
  /** What the refusal must carry beside its status, such as `Allow` with 405. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A 426 names the protocol to upgrade to (RFC 9110 §15.5.22) and the version that we speak (RFC 6455 §4.4). */
const upgradeRequiredHeaders = { Upgrade: "websocket", "Sec-WebSocket-Version": "13" } as const;

/**
 * Every rule that a peer can break in the opening handshake. A rule for responses has status 101: it is checked only
 * when the server has answered with that.
 */
export const handshakeRules = {
  WS_HANDSHAKE_START_LINE: {
    status: 400,
    clause: "RFC 9112 §2.1",
    message: "The first line is not an HTTP {expected}",
  },
  WS_HANDSHAKE_LINE_END: {
    status: 400,
    clause: "RFC 9112 §2.2",
    message: "A line of the head does not end in CRLF",
  },
  WS_HANDSHAKE_CONTROL_BYTE: {
    status: 400,
    clause: "RFC 9110 §5.5",
    message: "The head has the control byte {byte}",
  },
  WS_HANDSHAKE_HEADER_FOLDED: {
    status: 400,
    clause: "RFC 9112 §5.2",
    message: "A header goes on in a second line",
  },
  WS_HANDSHAKE_HEADER_NAME: {
    status: 400,
    clause: "RFC 9112 §5.1",
    message: "Header {number} does not begin with a name and a colon",
  },
  WS_HANDSHAKE_HEADER_VALUE: {
    status: 400,
    clause: "RFC 9110 §5.5",
    message: "The value of the header {name} has a character that is not allowed",
  },
  WS_HANDSHAKE_HEADER_REPEATED: {
    status: 400,
    clause: "RFC 9110 §5.3",
    message: "The header {name} is repeated and may come only once",
  },
  WS_HANDSHAKE_HEAD_TOO_LARGE: {
    status: 431,
    clause: "RFC 6585 §5",
    message: "The head is longer than {limit} bytes (headerBytesMax)",
  },
  WS_HANDSHAKE_TOO_MANY_HEADERS: {
    status: 431,
    clause: "RFC 6585 §5",
    message: "The head has more than {limit} headers (headersMax)",
  },
  WS_HANDSHAKE_METHOD: {
    status: 405,
    clause: "RFC 6455 §4.2.1",
    message: "The method is {method}, a WebSocket handshake is a GET",
    headers: { Allow: "GET" },
  },
  WS_HANDSHAKE_HTTP_VERSION: {
    status: 400,
    clause: "RFC 6455 §4.2.1",
    message: "HTTP/{version} is spoken, a WebSocket handshake needs HTTP/1.1 or later",
  },
  WS_HANDSHAKE_TARGET: {
    status: 400,
    clause: "RFC 6455 §4.2.1",
    message: "The request target is neither a path nor an http: or https: URI without a fragment",
  },
  WS_HANDSHAKE_PATH: {
    status: 404,
    clause: "RFC 6455 §4.2.2",
    message: "There is no WebSocket at {path}",
  },
  WS_HANDSHAKE_HOST: {
    status: 400,
    clause: "RFC 9112 §3.2",
    message: "The Host header is missing or is not a host with an optional port",
  },
  WS_HANDSHAKE_UPGRADE: {
    status: 426,
    clause: "RFC 6455 §4.2.1",
    message: "This address speaks WebSocket, and the request has no Upgrade header that lists websocket",
    headers: upgradeRequiredHeaders,
  },
  WS_HANDSHAKE_CONNECTION: {
    status: 400,
    clause: "RFC 6455 §4.2.1",
    message: "The Connection header does not list Upgrade",
  },
  WS_HANDSHAKE_VERSION: {
    status: 426,
    clause: "RFC 6455 §4.2.2",
    message: "Sec-WebSocket-Version is {version}, 13 is supported",
    headers: upgradeRequiredHeaders,
  },
  WS_HANDSHAKE_KEY: {
    status: 400,
    clause: "RFC 6455 §4.2.1",
    message: "Sec-WebSocket-Key is missing or is not the base64 of 16 bytes",
  },
  WS_HANDSHAKE_BODY: {
    status: 400,
    clause: "RFC 6455 §4.1",
    message: "The request announces a body ({header}), a WebSocket handshake has none",
  },
  WS_HANDSHAKE_PROTOCOLS: {
    status: 400,
    clause: "RFC 6455 §4.1",
    message: "Sec-WebSocket-Protocol is not a list of different tokens",
  },
  WS_HANDSHAKE_EXTENSIONS: {
    status: 400,
    clause: "RFC 6455 §9.1",
    message: "Sec-WebSocket-Extensions breaks its grammar at character {position}",
  },
  WS_HANDSHAKE_TOO_MANY_EXTENSIONS: {
    status: 400,
    clause: "RFC 6455 §10.4",
    message: "Sec-WebSocket-Extensions has more than {limit} extensions and parameters",
  },
  WS_HANDSHAKE_ORIGIN: {
    status: 403,
    clause: "RFC 6455 §10.2",
    message: 'The Origin "{origin}" may not connect to the Host "{host}". {advice}',
  },
  WS_HANDSHAKE_STATUS: {
    status: 101,
    clause: "RFC 6455 §4.1",
    message: "The server answered with status {status}, not with 101",
  },
  WS_HANDSHAKE_RESPONSE_UPGRADE: {
    status: 101,
    clause: "RFC 6455 §4.1",
    message: "The Upgrade header of the response is not websocket",
  },
  WS_HANDSHAKE_RESPONSE_CONNECTION: {
    status: 101,
    clause: "RFC 6455 §4.1",
    message: "The Connection header of the response does not list Upgrade",
  },
  WS_HANDSHAKE_ACCEPT: {
    status: 101,
    clause: "RFC 6455 §4.1",
    message: "Sec-WebSocket-Accept of the response does not belong to the key that was sent",
  },
  WS_HANDSHAKE_PROTOCOL_NOT_OFFERED: {
    status: 101,
    clause: "RFC 6455 §4.1",
    message: "The server chose the subprotocol {protocol}, which was not offered",
  },
  WS_HANDSHAKE_PROTOCOL_NOT_CHOSEN: {
    status: 101,
    clause: "WHATWG WebSockets, obtain a WebSocket connection",
    message: "The server chose none of the subprotocols that were offered",
  },
  WS_HANDSHAKE_EXTENSION_NOT_OFFERED: {
    status: 101,
    clause: "RFC 6455 §4.1",
    message: "The server chose the extension {extension}, which was not offered",
  },
  WS_HANDSHAKE_EXTENSION_REPEATED: {
    status: 101,
    clause: "RFC 7692 §5",
    message: "The server chose the extension {extension} more than once",
  },
  WS_HANDSHAKE_DEFLATE: {
    status: 101,
    clause: "RFC 7692 §7",
    message: "The server accepted permessage-deflate with {parameter}: {problem}",
  },
} as const satisfies Record<`WS_HANDSHAKE_${string}`, HandshakeRule>;

/** Names the rule that a peer broke in the opening handshake. */
export type HandshakeErrorCode = keyof typeof handshakeRules;

/**
 * The opening handshake failed by the peer's mistake, or its Origin is refused. `code` names the rule and `clause` is
 * where it stands. A server answers with `status` and `headers` and opens nothing. In a client, `status` is that of the
 * response where the rule is one for responses. `facts` fill the message; a text among them is cut to
 * `factCharactersMax`, as a peer may have written it. `cause` is a mistake of the application's behind it, if there is one.
 */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  readonly code: HandshakeErrorCode;
  readonly status: number;
  readonly clause: string;
  readonly facts: ErrorFacts;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HandshakeErrorCode, facts: ErrorFacts = {}, options?: ErrorOptions) {
    const rule: HandshakeRule = handshakeRules[code];
    const bounded = shortenFacts(facts);
    super(`${fillPlaceholders(rule.message, bounded)} (${rule.clause})`, options);
    this.code = code;
    this.status = typeof facts["status"] === "number" ? facts["status"] : rule.status;
    this.clause = rule.clause;
    this.facts = bounded;
    this.headers = rule.headers ?? {};
  }
}

const factCharactersMax = 500;

function shortenFacts(facts: ErrorFacts): ErrorFacts {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, shorten(fact)]));
}

function shorten(fact: string | number): string | number {
  if (typeof fact === "number" || fact.length <= factCharactersMax) return fact;
  return `${fact.slice(0, factCharactersMax)}…`;
}

function fillPlaceholders(message: string, facts: ErrorFacts): string {
  return message.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(facts, name) ? String(facts[name]) : placeholder,
  );
}
