import { createHash, randomBytes } from "node:crypto";
import {
  deflateOffer,
  HttpHeadParser,
  makeHandshakeKey,
  protocolLimits,
  readResponseHead,
  readUpgradeResponse,
  writeUpgradeRequest,
} from "../../protocol/index.ts";
import type { Found } from "./opening-reader.ts";

/** What is asked for in the opening handshake. */
export interface Upgrade {
  /** `ws:` or `wss:`. */
  readonly url: URL;
  /** Offers permessage-deflate without context takeover, so that each message is the same bytes each time. */
  readonly deflate?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly subprotocols?: readonly string[];
  readonly origin?: string;
}

const deflateOptions = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  clientMaxWindowBits: 15,
} as const;

/** One opening handshake: the request, and how the answer to it is read. */
export class UpgradeExchange {
  readonly request: string;
  readonly #key = makeHandshakeKey(randomBytes(16), (bytes) => Buffer.from(bytes).toString("base64"));
  readonly #upgrade: Upgrade;

  constructor(upgrade: Upgrade) {
    const { url, deflate = false, headers, subprotocols, origin } = upgrade;
    this.#upgrade = upgrade;
    this.request = writeUpgradeRequest({
      host: url.host,
      target: `${url.pathname}${url.search}`,
      key: this.#key,
      protocols: subprotocols,
      extensions: deflate ? deflateOffer(deflateOptions) : undefined,
      origin,
      headers,
    });
  }

  /**
   * Whether the server agreed on compression; null while its answer is not complete. Throws a `HandshakeError` for an
   * answer that opens no connection.
   */
  read(bytes: Buffer): Found<boolean> | null {
    const parser = new HttpHeadParser(readResponseHead, {
      headerBytesMax: protocolLimits.headerBytesMax.default,
      headersMax: protocolLimits.headersMax.default,
    });
    const received = parser.receive(bytes);
    if (received === undefined) return null;
    const { deflate, subprotocols = [] } = this.#upgrade;
    const sent = { key: this.#key, protocols: subprotocols, deflate: deflate ? deflateOptions : undefined };
    const established = readUpgradeResponse(received.head, sent, sha1Base64);
    return { value: established.deflate !== undefined, length: bytes.length - received.rest.length };
  }
}

function sha1Base64(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}
