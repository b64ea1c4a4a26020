import { type CloseEvent, type Connection, connect, type StateEvent } from "../../src/client/index.ts";
import { WebSocket } from "../../src/websocket/index.ts";
import { type Flow, streamOptions } from "./chaos-flow.ts";
import type { Ledger } from "./chaos-ledger.ts";
import { handleFlow, sendFlow } from "./chaos-stream.ts";

export interface ChaosClientOptions {
  readonly number: number;
  readonly port: number;
  /** Those of this connection. */
  readonly flows: readonly Flow[];
  readonly ledger: Ledger;
  readonly onTrouble: (text: string) => void;
}

/** The client's end of one connection of a run. */
export class ChaosClient {
  /** How often the session went on by another link. */
  resumes = 0;
  readonly #connection: Connection;
  readonly #closed: Promise<CloseEvent>;

  constructor({ number, port, flows, ledger, onTrouble }: ChaosClientOptions) {
    const connection = connect(`http://127.0.0.1:${port}`, {
      protocols: [`c${number}`],
      // The platform's class for one half, the engine's for the other.
      ...(number % 2 === 0 ? {} : { WebSocket }),
      retryDelayMsMin: 1,
      retryDelayMsMax: 20,
      connectTimeoutMs: 2000,
      heartbeatMs: 500,
      log: { warn: (text) => onTrouble(`connection ${number}: ${text}`) },
    });
    this.#connection = connection;
    connection.onstatechange = (event) => this.#noteState(event);
    connection.ongap = ({ sent, received }) =>
      onTrouble(`connection ${number} has a gap: ${JSON.stringify({ sent, received })}`);
    this.#closed = new Promise((resolve) => connection.addEventListener("close", resolve, { once: true }));
    for (const flow of flows) {
      const stream =
        flow.stream === "" ? connection : connection.stream(flow.stream, streamOptions(flow.stream));
      if (flow.direction === "down") handleFlow(stream, flow, ledger);
      else
        sendFlow(stream, flow, ledger).catch((error: unknown) =>
          onTrouble(`flow ${flow.index} cannot be sent: ${String(error)}`),
        );
    }
  }

  get isConnected(): boolean {
    return this.#connection.state === "connected";
  }

  /** The network may have changed. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  /** Closes the session; resolves with what its close event said. */
  close(): Promise<CloseEvent> {
    this.#connection.close(1000, "all done");
    return this.#closed;
  }

  terminate(): void {
    this.#connection.terminate();
  }

  #noteState({ state, reason }: StateEvent): void {
    if (state === "connected" && reason.text === "resumed") this.resumes++;
  }
}
