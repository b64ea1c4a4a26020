import type { Certificate } from "../raw-peer/certificate.ts";
import type { Compression } from "./compression.ts";

/**
 * Another implementation as a server for our client. It speaks the subprotocols chat.v2 and chat.v1. A connection's path
 * says what is done with it: `/` echoes, `/fragments` echoes in seven fragments, `/close` is closed at once with 4321
 * "Ende – 終", and at `/ping` "and you?" is pinged and, when the pong has come, "pong: and you?" sent.
 */
export interface PeerServer extends AsyncDisposable {
  /** `ws://127.0.0.1:PORT`, or `wss:` with a certificate. */
  readonly url: string;
  /** How the next connection ended, as the server saw it. */
  nextEnd(): Promise<{ code: number; reason: string }>;
}

export interface PeerServerOptions {
  readonly compression?: Compression;
  readonly certificate?: Certificate;
}

export interface PeerServerKind {
  readonly name: string;
  start(options?: PeerServerOptions): Promise<PeerServer>;
}
