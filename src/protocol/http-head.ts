import { HandshakeError } from "./errors.ts";
import { endOfToken, isToken, trimSpace } from "./header-grammar.ts";
import { addHeader, type HeaderMap, requestSingletons, responseSingletons } from "./header-map.ts";

/** The head of an HTTP request. `httpVersion` is what follows "HTTP/", such as "1.1". */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: HeaderMap;
}

/** The head of an HTTP response. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: string;
  readonly headers: HeaderMap;
}

const versionPattern = /^HTTP\/(\d\.\d)$/;
const statusLinePattern = /^HTTP\/(\d\.\d) ([1-9]\d\d)(?: (.*))?$/;

/**
 * Reads the text of a request's head (RFC 9112 §3), from its first line to the empty line at its end, whose bytes have
 * been checked by `HttpHeadParser`. Throws a `HandshakeError` with status 400.
 */
export function readRequestHead(text: string): RequestHead {
  const lineEnd = text.indexOf("\r\n");
  const methodEnd = text.indexOf(" ");
  const targetEnd = text.indexOf(" ", methodEnd + 1);
  const method = text.slice(0, methodEnd);
  const target = text.slice(methodEnd + 1, targetEnd);
  const httpVersion = versionPattern.exec(text.slice(targetEnd + 1, lineEnd))?.[1];
  if (!isToken(method) || target === "" || httpVersion === undefined) {
    throw new HandshakeError("WS_HANDSHAKE_START_LINE", { expected: "request line" });
  }
  return { method, target, httpVersion, headers: readHeaders(text, lineEnd + 2, requestSingletons) };
}

/**
 * Reads the text of a response's head (RFC 9112 §4) likewise. Undefined for an interim response (1xx other than 101),
 * after which another one follows (RFC 9110 §15.2).
 */
export function readResponseHead(text: string): ResponseHead | undefined {
  const lineEnd = text.indexOf("\r\n");
  const match = statusLinePattern.exec(text.slice(0, lineEnd));
  if (match === null) throw new HandshakeError("WS_HANDSHAKE_START_LINE", { expected: "status line" });
  const [, httpVersion = "", status = "", reason = ""] = match;
  const headers = readHeaders(text, lineEnd + 2, responseSingletons);
  if (status.startsWith("1") && status !== "101") return undefined;
  return { status: Number(status), reason, httpVersion, headers };
}

function readHeaders(text: string, start: number, singletons: ReadonlySet<string>): HeaderMap {
  const headers = new Map<string, string>();
  let lineStart = start;
  for (let number = 1; text[lineStart] !== "\r"; number++) {
    const lineEnd = text.indexOf("\r\n", lineStart);
    const nameEnd = endOfToken(text, lineStart);
    if (nameEnd === lineStart && (text[lineStart] === " " || text[lineStart] === "\t")) {
      throw new HandshakeError("WS_HANDSHAKE_HEADER_FOLDED");
    }
    // A space before the colon is refused here, too: intermediaries disagree on what it means (RFC 9112 §5.1).
    if (nameEnd === lineStart || text[nameEnd] !== ":") {
      throw new HandshakeError("WS_HANDSHAKE_HEADER_NAME", { number });
    }
    const value = trimSpace(text, nameEnd + 1, lineEnd);
    addHeader(headers, [text.slice(lineStart, nameEnd), value], singletons);
    lineStart = lineEnd + 2;
  }
  return headers;
}
