import type { Duplex } from "node:stream";
import { type Refusal, writeRefusal } from "../protocol/index.ts";
import { websocketLimits } from "./limits.ts";

/**
 * Answers a handshake with an HTTP response and ends the transport. What else the peer sends is discarded for a moment,
 * as unread input would make the operating system reset the connection before the answer is read; then it is cut, so
 * that no refused request stays open.
 */
export function refuse(transport: Duplex, refusal: Refusal): void {
  if (transport.destroyed) return;
  const deadline = setTimeout(() => transport.destroy(), websocketLimits.failureLingerMs.default);
  transport.once("close", () => clearTimeout(deadline));
  transport.once("end", () => transport.destroy());
  transport.resume();
  transport.end(writeRefusal(refusal));
}
