import { dispatch, hasListener, type SocketEventTarget } from "./event-target.ts";
import { ErrorEvent, type SocketEvent } from "./events.ts";
import type { StreamEventMap } from "./session-events.ts";

interface Log {
  warn(message: string): void;
}

/** Calls the listeners of an event that nothing waits for. What they reject with, raises `error`. */
export function fire<Events extends StreamEventMap>(
  target: SocketEventTarget<Events>,
  event: SocketEvent,
  log: Log,
): void {
  void dispatch(target, event)?.then(undefined, (error: unknown) =>
    raiseError(target, error, { during: event.type, log }),
  );
}

/** Raises `error`. Where nobody listens, or it is such a listener that failed, the error goes to the log. */
export function raiseError<Events extends StreamEventMap>(
  target: SocketEventTarget<Events>,
  error: unknown,
  { during, log }: { during: string; log: Log },
): void {
  if (during !== "error" && hasListener(target, "error")) fire(target, new ErrorEvent(target, error), log);
  else log.warn(`Nobody listens to this error, of "${during}": ${describe(error)}`);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
