import { commandLimits } from "../limits.ts";
import { Burst } from "../load/burst.ts";
import { makeText } from "../load/message-text.ts";
import type { BenchOptions } from "./bench-options.ts";

const differentMax = 64;
/** A burst is held as the client's frames, the server's frames and the messages. */
const copies = 3;

/** The bursts that connections send by turns: each connection one of its own, if there are not too many. */
export function prepareTraffic(
  {
    connections,
    messageBytes,
    burst,
    binary,
  }: Pick<BenchOptions, "connections" | "messageBytes" | "burst" | "binary">,
  compressed: boolean,
): Burst[] {
  const affordable = Math.floor(
    commandLimits.benchPreparedBytesMax.default / (copies * burst * Math.max(messageBytes, 1)),
  );
  const count = Math.max(1, Math.min(connections, differentMax, affordable));
  return Array.from(
    { length: count },
    (_, i) =>
      new Burst(
        Array.from({ length: burst }, (__, j) => ({
          payload: Buffer.from(makeText(messageBytes, i * burst + j)),
          opcode: binary ? 2 : 1,
          compressed,
        })),
      ),
  );
}
