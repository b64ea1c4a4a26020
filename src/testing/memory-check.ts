import type { Session } from "../session/index.ts";
import type { EndLimits } from "./scenario.ts";

/** What each named stream may hold beside the memory of the session. */
const streamWindowBytes = 16 * 1024;
const namedStreams = 4;

/** Says whether a session keeps to its limits. */
export function checkMemory(session: Session, limits: EndLimits, tell: (problem: string) => void): void {
  const { heldBytes, bufferedAmount, bufferedMessages } = session;
  const heldBytesMax = limits.receiveBytesMax + namedStreams * streamWindowBytes;
  if (heldBytes < 0 || heldBytes > heldBytesMax)
    tell(`${heldBytes} bytes are held, the limit is ${heldBytesMax}`);
  if (bufferedAmount < 0 || bufferedAmount > limits.bufferedBytesMax)
    tell(`bufferedAmount is ${bufferedAmount}, the limit ${limits.bufferedBytesMax}`);
  if (bufferedMessages < 0 || bufferedMessages > limits.bufferedMessagesMax)
    tell(`${bufferedMessages} messages are buffered, the limit is ${limits.bufferedMessagesMax}`);
}
