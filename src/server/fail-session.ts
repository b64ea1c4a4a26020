import { dispatch, ErrorEvent, hasListener, type SessionConnection } from "../interface/index.ts";
import type { Logger } from "./logger.ts";

/** Ends a session whose connection handler failed: nobody listens to its messages. The log is told if nothing else is. */
export function failSession(socket: SessionConnection, error: unknown, log: Logger): void {
  if (hasListener(socket, "error")) void dispatch(socket, new ErrorEvent(socket, error));
  else
    log.warn(
      `A connection handler failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  socket.terminate();
}
