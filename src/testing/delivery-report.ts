/** What can have become of a message. Each message that was accepted is exactly one of these. */
export type DeliveryFate =
  /** Started once, and in its order. */
  | "ok"
  /** Never started, although nothing was reported of it. */
  | "lost"
  /** Never started, and in a range that was reported as unknown. */
  | "unknown"
  /** Behind everything that was started when the run ended without being drained, and not reported. */
  | "unreportedUnknown"
  /** Started more than once. */
  | "duplicate"
  /** Started once, but after one that was sent after it. */
  | "reordered"
  /** Never started, and reported as expired. */
  | "expired"
  /** Never started, and reported as cancelled. */
  | "cancelled"
  /** Started, and yet reported as expired or cancelled. */
  | "contradicted";

/** What makes a run fail. The last two are no fates of an accepted message, and are counted by the call. */
export type DeliveryFault =
  | Exclude<DeliveryFate, "ok" | "unknown" | "expired" | "cancelled">
  /** Started, or reported expired or cancelled, although it was never accepted. */
  | "invented"
  /** Accepted under an id that is not the next one: a mistake of the test itself. */
  | "misnumbered";

/** Where a fault lies. Faults of a kind that follow one another without a gap are one example. */
export interface FaultExample {
  readonly from: number;
  /** Included. */
  readonly to: number;
  /**
   * The ids that were started just before and just after; null where there is none. For what was never started: the
   * nearest ids below and above that were.
   */
  readonly before: number | null;
  readonly after: number | null;
}

export interface DeliveryReport extends Readonly<Record<DeliveryFate | DeliveryFault, number>> {
  /** None of the faults occurred. */
  readonly hasPassed: boolean;
  /** How many messages were accepted: the sum of all fates. */
  readonly accepted: number;
  /** The first few of each kind of fault that occurred, and of unknown messages. */
  readonly examples: { readonly [Kind in DeliveryFault | "unknown"]?: readonly FaultExample[] };
}

export const deliveryFates: readonly DeliveryFate[] = [
  "ok",
  "lost",
  "unknown",
  "unreportedUnknown",
  "duplicate",
  "reordered",
  "expired",
  "cancelled",
  "contradicted",
];

export const deliveryFaults: readonly DeliveryFault[] = [
  "lost",
  "unreportedUnknown",
  "duplicate",
  "reordered",
  "contradicted",
  "invented",
  "misnumbered",
];
