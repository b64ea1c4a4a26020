import type { IncomingMessage, RequestListener, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";

type Emit = (...event: unknown[]) => boolean;

/**
 * Takes requests of somebody else's HTTP server: those that `isOurs`. All others go to its listeners as before. A further
 * listener could not keep a request from those, whether they were added before or after it; so the server's `emit` is
 * what decides. Returns what ends it.
 */
export function claimRequests(
  httpServer: HttpServer | HttpsServer,
  isOurs: (request: IncomingMessage) => boolean,
  answer: RequestListener,
): () => void {
  const emit = httpServer.emit as Emit;
  let isOver = false;
  function emitOthers(this: HttpServer | HttpsServer, ...event: unknown[]): boolean {
    const [name, request, response] = event as ["request", ...Parameters<RequestListener>];
    if (isOver || name !== "request" || !isOurs(request)) return emit.apply(this, event);
    answer(request, response);
    return true;
  }
  httpServer.emit = emitOthers;
  return () => {
    isOver = true;
    // Whoever has put something over ours in the meantime calls it still.
    if (httpServer.emit === emitOthers) httpServer.emit = emit;
  };
}
