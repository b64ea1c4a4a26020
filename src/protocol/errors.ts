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

function fillPlaceholders(message: string, facts: ErrorFacts): string {
  return message.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(facts, name) ? String(facts[name]) : placeholder,
  );
}
