/** The arguments of the standard's constructor `WebSocket(url, protocols)`. */
import { areSubprotocols } from "../protocol/index.ts";
import { toDomString } from "./web-idl.ts";

/**
 * The standard's "parse a URL": http: becomes ws:, and a fragment is an error.
 *
 * @param base What a relative URL is relative to; without it there are none.
 * @throws {DOMException} SyntaxError
 */
export function parseSocketUrl(url: unknown, base?: string): URL {
  const text = toDomString(url);
  const parsed = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (parsed === undefined) throw new DOMException(`${JSON.stringify(text)} is not a URL`, "SyntaxError");
  if (parsed.protocol === "http:") parsed.protocol = "ws:";
  if (parsed.protocol === "https:") parsed.protocol = "wss:";
  if (parsed.protocol !== "ws:" && parsed.protocol !== "wss:") {
    throw new DOMException(`The URL's scheme is ${parsed.protocol}, it is ws: or wss:`, "SyntaxError");
  }
  if (parsed.href.includes("#"))
    throw new DOMException("A WebSocket URL has no fragment (#…)", "SyntaxError");
  return parsed;
}

/**
 * Web IDL's conversion to (DOMString or sequence<DOMString>): what cannot be iterated is one subprotocol.
 *
 * @throws {DOMException} SyntaxError
 */
export function readProtocols(protocols: unknown): string[] {
  const isList = typeof protocols === "object" && protocols !== null && Symbol.iterator in protocols;
  const given: unknown[] = isList ? Array.from(protocols as Iterable<unknown>) : [protocols];
  const offered = given.map(toDomString);
  if (areSubprotocols(offered)) return offered;
  throw new DOMException(`${JSON.stringify(offered)} are not subprotocols: tokens, each once`, "SyntaxError");
}
