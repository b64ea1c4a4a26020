export { DeliveryChecker } from "./delivery-checker.ts";
export type { DeliveryFate, DeliveryFault, DeliveryReport, FaultExample } from "./delivery-report.ts";
export type { IdRange } from "./id-ranges.ts";
export { createRandom, type Random } from "./random.ts";
export { type CancelAction, VirtualClock } from "./virtual-clock.ts";
export { faultKinds, type FaultKind, type Scenario, scenarioOf, simulate, type SimulationResult } from "./simulation.ts";
