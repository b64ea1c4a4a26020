import { openSync, writeSync } from "node:fs";
import { createServer, type SessionConnection } from "../../../src/server/index.ts";
import { type Flow, flowsOf, streamOptions } from "../chaos-flow.ts";
import type { Ledger } from "../chaos-ledger.ts";
import { messageOf } from "../chaos-message.ts";
import { type ChaosStream, handleFlow } from "../chaos-stream.ts";

/**
 * A server that may be killed at any moment: what it sends and begins to handle is in its journal before it goes on. On
 * SIGTERM it drains, and ends.
 */
export interface RestartingServerOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly connections: number;
  readonly journal: string;
  /** The id of the first message that it sends in each flow. */
  readonly firstId: number;
}

const options = JSON.parse(process.argv[2]!) as RestartingServerOptions;
const flows = flowsOf({ messages: 0, connections: options.connections });
const journal = openSync(options.journal, "a");
const ledger: Ledger = {
  accepted: (flow, id) => void writeSync(journal, `accepted ${flow} ${id}\n`),
  started: (flow, id) => void writeSync(journal, `started ${flow} ${id}\n`),
  failed() {},
};
let isEnding = false;

/** No more at a time than the client has given credit for from the start. */
const atOnce = { "": 200, notes: 16, files: 16 };

/** Sends as much again whenever handlers have begun for all of it. */
function pour(connection: SessionConnection, stream: ChaosStream, flow: Flow): void {
  let id = options.firstId;
  const fill = (): void => {
    if (isEnding || connection.readyState !== connection.OPEN) return;
    for (let count = 0; count < atOnce[flow.stream]; count++) {
      ledger.accepted(flow.index, id);
      stream.send(messageOf(flow, id++));
    }
  };
  stream.addEventListener("drain", fill);
  fill();
}

function serve(connection: SessionConnection): void {
  const number = Number(connection.protocol.slice(1));
  connection.onclose = ({ code, wasClean }) =>
    void writeSync(journal, `ended ${number} ${wasClean ? code : 1006}\n`);
  for (const flow of flows.filter((each) => each.connection === number)) {
    const stream =
      flow.stream === "" ? connection : connection.stream(flow.stream, streamOptions(flow.stream));
    if (flow.direction === "up") handleFlow(stream, flow, ledger);
    else pour(connection, stream, flow);
  }
}

const app = createServer({
  handleProtocols: (offered) => [...offered][0] ?? false,
  sessions: { retryAfterMsMax: 300 },
});
app.onconnection = ({ session }) => serve(session!);
process.on("SIGTERM", () => {
  isEnding = true;
  void app.close({ graceMs: 20_000 }).then(() => process.disconnect());
});
process.on("disconnect", () => process.exit());
process.send!((await app.listen(options.port, "127.0.0.1")).port);
