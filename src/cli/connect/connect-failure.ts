import { visibleLine } from "./visible-text.ts";

/** Certificates that Node does not trust, by its codes, with what that means. */
const certificateProblems: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate leads to one that this machine does not know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate leads to one that this machine does not know",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate leads to one that this machine does not know",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate leads to one that this machine does not know",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
};

/** Refusals of a handshake, by HTTP status. */
const statusAdvice: Readonly<Record<number, string>> = {
  400: "the server finds fault with the handshake",
  401: "the server wants to know who you are; see --header",
  403: "the server does not allow this origin or user; see --origin and --header",
  404: "there is nothing at this path",
  426: "the server wants another WebSocket version or subprotocol",
  429: "the server has had too many requests from here",
  502: "a proxy found no server behind it",
  503: "the server takes no connections just now",
};

/** Says in a sentence why there is no connection, and what may help. */
export function explainFailure(error: unknown, url: URL): string {
  const status = statusOf(error);
  if (status !== null) {
    if (status === 200) return "the server answered with status 200: a web page is here, no WebSocket";
    const redirect =
      status >= 300 && status < 400 ? "the address has moved, and redirects are not followed" : undefined;
    const advice = statusAdvice[status] ?? redirect;
    return `the server answered with status ${status}${advice === undefined ? "" : `: ${advice}`}`;
  }
  const reason = codesOf(error)
    .map((code) => explainCode(code, url))
    .find((words) => words !== null);
  return reason ?? visibleLine(rootMessage(error));
}

function explainCode(code: string, url: URL): string | null {
  const problem = Object.hasOwn(certificateProblems, code) ? certificateProblems[code] : undefined;
  if (problem !== undefined) {
    return `${problem} (${code}); give the right one with --ca FILE, or trust any with --insecure, for a test only`;
  }
  switch (code) {
    case "ECONNREFUSED":
      return "nothing listens there; is the server running, and is the port right?";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `there is no host named ${url.hostname}; is the name right, and is the network up?`;
    case "ETIMEDOUT":
    case "WS_HANDSHAKE_TIMEOUT":
      return "there was no answer in time; see --timeout";
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return "the network has no way there";
    case "EMFILE":
    case "ENFILE":
      return "this process may not have more open files; raise the limit with ulimit -n";
    case "EADDRNOTAVAIL":
      return "this machine has no port left for one more connection to there";
    case "ECONNRESET":
    case "EPIPE":
    case "WS_CONNECTION_LOST":
      return "the server ended the connection during the handshake; does it speak WebSocket at this port?";
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return "the server does not speak TLS here; try ws: instead of wss:";
    default:
      return null;
  }
}

function statusOf(error: unknown): number | null {
  const { name, status, code } = (error ?? {}) as { name?: unknown; status?: unknown; code?: unknown };
  return name === "HandshakeError" && code === "WS_HANDSHAKE_STATUS" && typeof status === "number"
    ? status
    : null;
}

/** The codes of an error and of what caused it, the deepest first: that is the one which says most. */
function codesOf(error: unknown): string[] {
  return causesOf(error).flatMap(({ code }) => (typeof code === "string" ? [code] : []));
}

/** What an error comes down to, the deepest cause first; at most as many as a chain of causes sensibly has. */
function causesOf(error: unknown): { code?: unknown; message?: unknown }[] {
  const chain: { code?: unknown; message?: unknown; cause?: unknown }[] = [];
  let current = error;
  while (typeof current === "object" && current !== null && chain.length < 8) {
    chain.unshift(current);
    current = (current as { cause?: unknown }).cause;
  }
  return chain;
}

function rootMessage(error: unknown): string {
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === "string" && message !== "" ? message : "the connection failed";
}
