import type { Outbox } from "./outbox.ts";

/**
 * When outboxes are flushed that were filled outside of their own connection's input: after the running callback and its
 * microtasks' predecessors for a direct send, so that a lone message does not wait; at the end of the event loop's turn
 * for publications, so that all of one turn leave in one write per connection.
 */
const soon = new Set<Outbox>();
const afterTurn = new Set<Outbox>();

/** Flushes in a microtask. */
export function flushSoon(outbox: Outbox): void {
  if (soon.size === 0) queueMicrotask(() => flushAll(soon));
  soon.add(outbox);
}

/** Flushes when the event loop has handled what is ready now. */
export function flushAfterTurn(outbox: Outbox): void {
  if (afterTurn.size === 0) setImmediate(() => flushAll(afterTurn));
  afterTurn.add(outbox);
}

function flushAll(outboxes: Set<Outbox>): void {
  const due = [...outboxes];
  outboxes.clear();
  for (const outbox of due) outbox.flush();
}
