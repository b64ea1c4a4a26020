import type { Terms } from "./control-frame.ts";
import type { StreamKind, StreamPriority } from "./message.ts";
import type { ReceiveState } from "./receive-stream.ts";
import type { SendState } from "./send-stream.ts";

/** A stream as it is exported. */
export interface StreamState {
  readonly name: string;
  readonly kind: StreamKind;
  readonly priority: StreamPriority;
  readonly sending: SendState;
  readonly receiving: ReceiveState | undefined;
}

/** What another server needs to go on with a session. It can be cloned structurally; times are durations. */
export interface SessionState {
  readonly id: string;
  readonly userKey: string;
  readonly protocol: string;
  /** The directory's: the state is of no use after somebody else has claimed the session. */
  readonly fencingToken: number;
  readonly linkEpoch: number;
  readonly secrets: readonly [current: string, previous: string | undefined];
  readonly nonce: string;
  readonly mayBeOpenedAgain: boolean;
  /** How long the session is still kept without a link. */
  readonly suspendedForMs: number;
  /** What the client takes. */
  readonly terms: Terms;
  readonly streams: readonly StreamState[];
}
