/** What has gathered bytes that are to leave. */
export interface Flushable {
  flush(): void;
}

/**
 * When what was sent outside of its own connection's input leaves: after the running callback and its microtasks'
 * predecessors for a direct send, so that a lone message does not wait; at the end of the event loop's turn for
 * publications, so that all of one turn leave in one write per connection.
 */
let soon = new Set<Flushable>();
let afterTurn = new Set<Flushable>();

/** Flushes in a microtask. */
export function flushSoon(one: Flushable): void {
  if (soon.size === 0) queueMicrotask(flushAllSoon);
  soon.add(one);
}

/** Flushes when the event loop has handled what is ready now. */
export function flushAfterTurn(one: Flushable): void {
  if (afterTurn.size === 0) setImmediate(flushAllAfterTurn);
  afterTurn.add(one);
}

function flushAllSoon(): void {
  const due = soon;
  soon = new Set();
  for (const one of due) one.flush();
}

function flushAllAfterTurn(): void {
  const due = afterTurn;
  afterTurn = new Set();
  for (const one of due) one.flush();
}
