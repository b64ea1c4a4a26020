/** A simulated network with a virtual clock, sessions on it, and the checkers that say what became of each message. */
export { DeliveryChecker } from "./delivery-checker.ts";
export type { DeliveryFate, DeliveryFault, DeliveryReport, FaultExample } from "./delivery-report.ts";
export type { IdRange } from "./id-ranges.ts";
export { createRandom, type Random } from "./random.ts";
export { type EndLimits, type FaultKind, faultKinds, type Scenario, scenarioOf } from "./scenario.ts";
export { SelectionChecker, type SelectionEnd, type SelectionReport } from "./selection-checker.ts";
export type {
  ConnectionEnd,
  Cut,
  Frame,
  FrameNote,
  LinkEvents,
  SimulatedConnection,
} from "./simulated-connection.ts";
export { type NetworkConditions, SimulatedNetwork } from "./simulated-network.ts";
export type { HandlerHabits } from "./simulated-peer.ts";
export { simulate, type SimulationOptions, type SimulationResult } from "./simulation.ts";
export { type CancelAction, VirtualClock } from "./virtual-clock.ts";
