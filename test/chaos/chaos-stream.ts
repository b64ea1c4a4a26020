import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { MessageStream } from "../../src/client/index.ts";
import { drawOf, type Flow } from "./chaos-flow.ts";
import type { Ledger } from "./chaos-ledger.ts";
import { idOf, messageOf } from "./chaos-message.ts";

/** What a run uses of a stream, or of a connection, which is one, too. */
export type ChaosStream = Pick<
  MessageStream,
  "send" | "writable" | "addEventListener" | "onmessage" | typeof Symbol.asyncIterator
>;

/** So many messages a flow sends at most in a turn, that others have their turn. */
const perTurn = 64;

/** Sends all messages of the flow, as there is room for them. */
export async function sendFlow(stream: ChaosStream, flow: Flow, ledger: Ledger): Promise<void> {
  for (let id = 0; id < flow.messages; id++) {
    await stream.writable();
    stream.send(messageOf(flow, id));
    ledger.accepted(flow.index, id);
    if (id % perTurn === 0) await nextTurn();
  }
}

/** Handles the messages of the flow: by a listener, or every other connection's notes by iteration. */
export function handleFlow(stream: ChaosStream, flow: Flow, ledger: Ledger): void {
  const handle = (data: unknown): Promise<void> | undefined => {
    const id = idOf(flow, data);
    ledger.started(flow.index, id);
    return work(flow, id);
  };
  stream.addEventListener("error", () => ledger.failed());
  if (flow.stream === "notes" && flow.connection % 2 === 1) void iterate(stream, handle, ledger);
  else stream.onmessage = ({ data }) => handle(data);
}

async function iterate(
  stream: ChaosStream,
  handle: (data: unknown) => Promise<void> | undefined,
  ledger: Ledger,
): Promise<void> {
  for await (const data of stream) {
    try {
      await handle(data);
    } catch {
      ledger.failed();
    }
  }
}

/** What a handler does: mostly nothing, now and then it takes its time, or fails in one of two ways. */
function work(flow: Flow, id: number): Promise<void> | undefined {
  const draw = (drawOf(flow, id) >>> 4) % 1000;
  if (draw < 2) throw new Error(`The handler of ${flow.index}.${id} fails at once`);
  if (draw < 4) return fail(flow, id);
  if (draw < 8) return pause(draw);
  if (draw < 50) return nextTurn();
  return draw < 200 ? Promise.resolve() : undefined;
}

async function fail(flow: Flow, id: number): Promise<void> {
  await nextTurn();
  throw new Error(`The handler of ${flow.index}.${id} fails later`);
}
