import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  acceptDeflateOffer,
  createOriginPolicy,
  type DeflateParameters,
  HandshakeError,
  isPromised,
  type OriginPolicy,
  promiseMistake,
  readUpgradeRequest,
  type Refusal,
  type RequestHead,
  selectSubprotocol,
  showValue,
  type UpgradeOffer,
  writeUpgradeResponse,
} from "../protocol/index.ts";
import type { ServerSettings, UpgradeRequest, WebSocketServerOptions } from "./server-options.ts";

/** A handshake that arrived on a transport. */
export interface Arrival {
  readonly head: RequestHead;
  readonly request: UpgradeRequest;
}

/** A handshake to be answered with `response`, and what it agreed on. */
export interface Admission {
  readonly offer: UpgradeOffer;
  readonly response: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly deflate: DeflateParameters | undefined;
}

/** Decides about handshakes by a server's options, in an order that tells a stranger as little as possible. */
export class UpgradePolicy {
  readonly #settings: ServerSettings;
  readonly #options: WebSocketServerOptions;
  readonly #isAllowed: OriginPolicy<UpgradeRequest>;

  constructor(settings: ServerSettings, options: WebSocketServerOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#isAllowed = createOriginPolicy(options.origins);
  }

  /**
   * A promise only where `verifyClient` returns one. Throws, or is rejected with, a `HandshakeError` if the handshake is
   * bad or the options refuse it.
   */
  admit({ head, request }: Arrival): Admission | Refusal | Promise<Admission | Refusal> {
    const offer = readUpgradeRequest(head);
    const { origin, host, path } = offer;
    if (this.#settings.path !== undefined && path !== this.#settings.path) {
      throw new HandshakeError("WS_HANDSHAKE_PATH", { path });
    }
    const refused = this.#isAllowed({ origin, host, encrypted: request.encrypted }, request);
    if (refused !== undefined) throw refused;
    const { verifyClient } = this.#options;
    if (verifyClient === undefined) return this.#accept(offer, request);
    const verdict: unknown = verifyClient(request);
    if (!isPromised(verdict)) return this.#obey(verdict, offer, request);
    return Promise.resolve(verdict).then((settled) => this.#obey(settled, offer, request));
  }

  #obey(verdict: unknown, offer: UpgradeOffer, request: UpgradeRequest): Admission | Refusal {
    if (verdict === true) return this.#accept(offer, request);
    if (verdict === false) return { status: 401, message: "This server does not accept the connection." };
    if (typeof verdict === "object" && verdict !== null) return verdict as Refusal;
    // Nothing else counts as a yes: a function that forgets to return must not open the door.
    throw new TypeError(
      `verifyClient returned ${showValue(verdict)}; it returns true, false or { status, message }`,
    );
  }

  #accept(offer: UpgradeOffer, request: UpgradeRequest): Admission {
    const protocol = this.#chooseProtocol(offer, request);
    const { deflate } = this.#settings;
    const accepted = deflate === undefined ? undefined : acceptDeflateOffer(offer.extensions, deflate);
    const response = writeUpgradeResponse(
      { key: offer.key, protocol, extensions: accepted?.response },
      sha1Base64,
    );
    return {
      offer,
      response,
      protocol: protocol ?? "",
      extensions: accepted?.response ?? "",
      deflate: accepted?.parameters,
    };
  }

  #chooseProtocol({ protocols }: UpgradeOffer, request: UpgradeRequest): string | undefined {
    const { handleProtocols } = this.#options;
    if (handleProtocols === undefined || protocols.length === 0) return undefined;
    if (typeof handleProtocols !== "function") return selectSubprotocol(protocols, handleProtocols);
    const chosen = handleProtocols(new Set(protocols), request);
    if (chosen === false) return undefined;
    if (protocols.includes(chosen)) return chosen;
    const mistake = promiseMistake("handleProtocols", chosen);
    throw (
      mistake ??
      new TypeError(`handleProtocols returned ${showValue(chosen)}, which the client did not offer`)
    );
  }
}

/** What a failed handshake is answered with; an error of the application's is not told to the peer. */
export function refusalFor(error: unknown): Refusal {
  if (error instanceof HandshakeError) return error;
  return { status: 500, message: "The server failed while it handled this handshake." };
}

export function sha1Base64(text: string): string {
  return hash("sha1", text, "base64");
}

/** The handshake as the application sees it; `incoming` is Node's request, where there is one. */
export function describeRequest(
  { target, headers }: RequestHead,
  transport: Duplex,
  incoming: IncomingMessage | undefined,
): UpgradeRequest {
  const { remoteAddress = "", encrypted = false } = transport as {
    remoteAddress?: string;
    encrypted?: boolean;
  };
  return { method: "GET", url: target, headers, remoteAddress, encrypted, incoming };
}
