import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { listenError } from "./errors.ts";
import { serverLimits } from "./limits.ts";

/** What TLS needs: PEM texts. */
export interface ServerTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Certificates that a client's certificate must lead to, where clients are asked for one. */
  readonly ca?: string | Buffer;
  readonly passphrase?: string;
}

const httpOptions = {
  headersTimeout: serverLimits.headersTimeout.default,
  requestTimeout: serverLimits.requestTimeout.default,
  keepAliveTimeout: serverLimits.keepAliveTimeout.default,
  maxHeaderSize: serverLimits.requestHeaderBytesMax.default,
  /** How often Node looks for connections past the timeouts above. */
  connectionsCheckingInterval: 5_000,
};

/** An HTTP or HTTPS server with this layer's limits. Throws `TypeError` for a certificate or key that is none. */
export function hardenedHttpServer(
  tls: ServerTls | undefined,
  onRequest: RequestListener,
): HttpServer | HttpsServer {
  if (tls === undefined) return createHttpServer(httpOptions, onRequest);
  const handshakeTimeout = serverLimits.tlsHandshakeTimeout.default;
  if (tls.cert.length === 0 || tls.key.length === 0)
    throw new TypeError("Option tls has an empty cert or key");
  try {
    return createHttpsServer({ ...httpOptions, ...tls, handshakeTimeout }, onRequest);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Option tls is not a usable certificate and key: ${reason}`, { cause });
  }
}

/** Listens; `onListening` runs before the first connection can be seen. Rejects with a `ServerError`. */
export function listen(
  httpServer: HttpServer | HttpsServer,
  { port, host }: { port: number; host: string | undefined },
  onListening: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    function onError(error: Error): void {
      httpServer.off("listening", onBound);
      reject(listenError(error, { host: host ?? "every address", port }));
    }
    function onBound(): void {
      httpServer.off("error", onError);
      onListening();
      resolve();
    }
    httpServer.once("error", onError).once("listening", onBound);
    httpServer.listen({ port, host });
  });
}

/**
 * Stops taking connections, closes those without a request, and destroys what is left after `graceMs`. Resolves when
 * all are closed, at the deadline at the latest: a TLS handshake that never ends is no connection yet, and Node ends it
 * by its own timeout.
 */
export function closeHttpServer(httpServer: HttpServer | HttpsServer, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => {
      httpServer.closeAllConnections();
      resolve();
    }, graceMs);
    httpServer.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    httpServer.closeIdleConnections();
  });
}
