import { parseAuthority } from "./authority.ts";
import { HandshakeError } from "./errors.ts";
import { originKey, parseOrigin, portUnder } from "./origin.ts";
import { promiseMistake } from "./promised.ts";
import { showValue } from "./show-value.ts";

/**
 * Which browsers may connect, by the Origin of the page. `"*"`: all. A list: these origins and no other, not even the
 * server's own. A function: those for which it returns `true` (a promise is not `true`, and refuses).
 */
export type Origins<Request> = "*" | readonly string[] | ((origin: string, request: Request) => boolean);

/** What a request says about where it comes from. */
export interface OriginClaim {
  /** The Origin header; undefined if there is none. */
  readonly origin: string | undefined;
  /** The Host header. */
  readonly host: string;
  /** Whether the connection to this server is encrypted. */
  readonly encrypted: boolean;
}

/** Why a request may not connect (status 403), or undefined if it may. Its `cause` is a mistake in the option. */
export type OriginPolicy<Request> = (claim: OriginClaim, request: Request) => HandshakeError | undefined;

/**
 * The policy for the option `origins` (RFC 6455 §10.2). Undefined means: the same origin only, by host and port of the
 * Host header. A request without an Origin does not come from a browser (§4.2.1) and passes every policy. `null`, the
 * Origin of sandboxed pages, passes only under `"*"` or a function.
 *
 * Throws a `TypeError` that names the option for a list with anything else than origins.
 */
export function createOriginPolicy<Request>(origins?: Origins<Request>): OriginPolicy<Request> {
  const judge = judgeFor(origins);
  return (claim, request) => {
    const { origin, host } = claim;
    const objection = origin === undefined ? undefined : judge(origin, claim, request);
    if (origin === undefined || objection === undefined) return undefined;
    if (typeof objection === "string") {
      return new HandshakeError("WS_HANDSHAKE_ORIGIN", { origin, host, advice: objection });
    }
    const facts = { origin, host, advice: objection.message };
    return new HandshakeError("WS_HANDSHAKE_ORIGIN", facts, { cause: objection });
  };
}

/** What to tell the owner of a server that refuses `origin`, or undefined if it may connect. */
type Judge<Request> = (
  origin: string,
  claim: OriginClaim,
  request: Request,
) => string | TypeError | undefined;

function judgeFor<Request>(origins: Origins<Request> | undefined): Judge<Request> {
  if (origins === undefined) {
    return (origin, claim) =>
      isSameOrigin(origin, claim) ? undefined : howToAllow(origin, " beside your own");
  }
  if (origins === "*") return () => undefined;
  if (typeof origins === "function") {
    const decide: (origin: string, request: Request) => unknown = origins;
    return (origin, _claim, request) => {
      const verdict = decide(origin, request);
      if (verdict === true) return undefined;
      const mistake = promiseMistake("The function given as origins", verdict);
      return mistake ?? "The function given as origins did not return true";
    };
  }
  if (!Array.isArray(origins)) throw originsError("origins", origins);
  const allowed = new Set(origins.map((entry, index) => readListed(entry, `origins[${index}]`)));
  return (origin) => {
    const page = parseOrigin(origin);
    return page !== undefined && allowed.has(originKey(page)) ? undefined : howToAllow(origin, "");
  };
}

/**
 * Behind a proxy that ends TLS the page is https: and the Host has its default port, so an unencrypted server takes the
 * page's scheme for its own. An encrypted server is never called by a page of http:.
 */
function isSameOrigin(origin: string, { host, encrypted }: OriginClaim): boolean {
  const page = parseOrigin(origin);
  const server = parseAuthority(host);
  if (page === undefined || server === undefined) return false;
  if (page.scheme !== "https" && (encrypted || page.scheme !== "http")) return false;
  return page.host === server.host && page.port === portUnder(page.scheme, server);
}

function howToAllow(origin: string, beside: string): string {
  if (parseOrigin(origin) === undefined) return 'Only origins: "*" or a function as origins can allow it';
  return `To allow it, list it${beside}: origins: ["${origin}"]`;
}

const pageSchemeNeeded = /^wss?:/i;

function readListed(entry: unknown, where: string): string {
  const origin = typeof entry === "string" && !pageSchemeNeeded.test(entry) ? parseOrigin(entry) : undefined;
  if (origin === undefined) throw originsError(where, entry);
  return originKey(origin);
}

function originsError(where: string, given: unknown): TypeError {
  return new TypeError(
    `${where} is ${showValue(given)}. Allowed are "*", a function, or a list of origins such as "https://app.example" or ` +
      `"http://localhost:3000": scheme, host and port, with no path and no slash at the end`,
  );
}
