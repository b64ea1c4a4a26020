import { setTimeout as pause } from "node:timers/promises";
import { type CloseEvent, type Connection, connect, type GapEvent } from "../../src/client/index.ts";
import { type Flow, streamOptions } from "./chaos-flow.ts";
import type { Ledger } from "./chaos-ledger.ts";
import { messageOf } from "./chaos-message.ts";
import { type ChaosStream, handleFlow } from "./chaos-stream.ts";

/** So fast that more waits than a window holds while a server is started, and no faster. */
const perPause = 8;

/** A client that sends on all of its flows until it is told to stop, whatever becomes of servers. */
export class RestartClient {
  readonly gaps: GapEvent[] = [];
  readonly #connection: Connection;
  readonly #ledger: Ledger;
  #isSending = true;
  readonly #senders: readonly Promise<void>[];

  constructor(port: number, flows: readonly Flow[], ledger: Ledger) {
    this.#ledger = ledger;
    this.#connection = connect(`http://127.0.0.1:${port}`, {
      protocols: [`c${flows[0]!.connection}`],
      retryDelayMsMin: 5,
      retryDelayMsMax: 50,
    });
    this.#connection.ongap = (gap) => this.gaps.push(gap);
    for (const flow of flows) if (flow.direction === "down") handleFlow(this.#streamOf(flow), flow, ledger);
    this.#senders = flows.filter(({ direction }) => direction === "up").map((flow) => this.#send(flow));
  }

  /** Sends no more and closes; resolves when everything that was sent has been begun, by whichever server. */
  async close(): Promise<CloseEvent> {
    this.#isSending = false;
    await Promise.all(this.#senders);
    const closed = new Promise<CloseEvent>((resolve) => {
      this.#connection.addEventListener("close", resolve, { once: true });
    });
    this.#connection.close(1000);
    return closed;
  }

  terminate(): void {
    this.#isSending = false;
    this.#connection.terminate();
  }

  #streamOf({ stream }: Flow): ChaosStream {
    return stream === "" ? this.#connection : this.#connection.stream(stream, streamOptions(stream));
  }

  async #send(flow: Flow): Promise<void> {
    const stream = this.#streamOf(flow);
    let id = 0;
    while (this.#isSending) {
      await stream.writable();
      stream.send(messageOf(flow, id));
      this.#ledger.accepted(flow.index, id);
      if (++id % perPause === 0) await pause(1);
    }
  }
}
