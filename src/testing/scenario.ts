import type { Window } from "../session/index.ts";
import { createRandom, type Random } from "./random.ts";
import type { NetworkConditions } from "./simulated-network.ts";
import type { HandlerHabits } from "./simulated-peer.ts";

/** What can go wrong in a run; see `Faults` for what each of them does. */
export const faultKinds = [
  "cut",
  "halfOpen",
  "freeze",
  "overtake",
  "cutOpening",
  "offline",
  "longOffline",
  "jump",
  "suspect",
  "drop",
  "noToken",
  "unavailable",
  "refuse",
  "otherUser",
  "closeClient",
  "closeServer",
  "terminateClient",
  "terminateServer",
  "vanish",
  "kill",
  "drain",
  "drainLate",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The faults after which every message is still delivered. */
const harmless: readonly FaultKind[] = [
  "cut",
  "halfOpen",
  "freeze",
  "overtake",
  "cutOpening",
  "offline",
  "suspect",
  "drop",
  "noToken",
  "unavailable",
];

/** What one end of a session allows itself and the other. */
export interface EndLimits {
  readonly window: Window;
  readonly messageBytesMax: number;
  readonly receiveBytesMax: number;
  readonly bufferedBytesMax: number;
  readonly bufferedMessagesMax: number;
  /** 0: messages wait as long as it takes. */
  readonly queueAgeMsMax: number;
}

/** Everything that a seed decides about a run; any of it may be given instead. */
export interface Scenario extends NetworkConditions {
  readonly clients: number;
  /** What each client and each session of the server sends, at least. */
  readonly messages: number;
  /** The longest message that is tried. */
  readonly messageBytesMax: number;
  readonly sendEveryMsMax: number;
  readonly faults: number;
  /** Which kinds of fault may happen. */
  readonly faultKinds: readonly FaultKind[];
  readonly clientLimits: EndLimits;
  readonly serverLimits: EndLimits;
  readonly habits: HandlerHabits;
  /** How long the server takes at most to authenticate, and to ask its directory. */
  readonly authenticateMsMax: number;
  readonly directoryMsMax: number;
  /** How long the server keeps a session without a link. */
  readonly suspendedMsMax: number;
}

/** The scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
  const random = createRandom(`scenario ${seed}`);
  const messageBytesMax = random.pick([20, 200, 5000, 60_000]);
  return {
    clients: 1 + random.integer(2),
    messages: 5 + random.integer(40),
    messageBytesMax,
    sendEveryMsMax: random.pick([1, 20, 200]),
    faults: random.integer(8),
    faultKinds: random.pick([harmless, harmless, faultKinds, faultKinds, ["drain"]]),
    clientLimits: limitsOf(random, messageBytesMax),
    serverLimits: limitsOf(random, messageBytesMax),
    latencyMsMax: random.pick([0, 5, 100]),
    bytesPerMsMin: random.pick([10, 1000]),
    openMsMax: random.pick([1, 50, 3000]),
    habits: {
      lateShare: random.pick([0, 0.2, 0.8]),
      lateMsMax: random.pick([1, 50, 500]),
      answerShare: random.pick([0, 0.2]),
      awaitShare: random.pick([0, 0.2]),
    },
    authenticateMsMax: random.pick([0, 100, 2000]),
    directoryMsMax: random.pick([0, 0, 50, 1000]),
    suspendedMsMax: random.pick([20_000, 120_000]),
  };
}

function limitsOf(random: Random, longestBytes: number): EndLimits {
  const window = random.chance(0.3)
    ? { messages: 1 + random.integer(3), bytes: random.pick([1, 100, 3000]) }
    : { messages: 64, bytes: 65_536 };
  // Sometimes the longest messages are too long for the other end.
  const messageBytesMax = random.chance(0.1) ? Math.ceil(longestBytes / 2) : 131_072;
  const isBufferSmall = random.chance(0.2);
  return {
    window,
    messageBytesMax,
    receiveBytesMax: messageBytesMax + window.bytes + random.pick([0, 1000, 262_144]),
    bufferedBytesMax: messageBytesMax + (isBufferSmall ? 0 : 4_194_304),
    bufferedMessagesMax: isBufferSmall ? 1 + random.integer(5) : 16_384,
    queueAgeMsMax: random.chance(0.2) ? random.pick([1, 100, 2000]) : 0,
  };
}
