import type { ClientState, StateEvent } from "../../../../src/client/index.ts";
import type { LineEnd } from "./line-end.ts";

/** What a page shows of a line: how it is, why, and when it is tried again. */
export interface LineState {
  phase: ClientState;
  /** How it was lost, until it is there again; null if it was not. */
  end: LineEnd | null;
  /** By `Date.now()`; null if no try is planned. */
  retryAtMs: number | null;
}

export const firstLineState: LineState = { phase: "connecting", end: null, retryAtMs: null };

const LOST = 1006;

export function lineStateOf({ state, reason }: Pick<StateEvent, "state" | "reason">): LineState {
  if (state === "connected") return { phase: state, end: null, retryAtMs: null };
  const { code = LOST, text, retryInMs } = reason;
  return {
    phase: state,
    end: { code, reason: text },
    retryAtMs: retryInMs === undefined ? null : Date.now() + retryInMs,
  };
}
