import { createServer } from "../../../src/server/index.ts";
import type { SessionConnection } from "../../../src/server/index.ts";
import { type ChaosLoad, flowsOf, streamOptions } from "../chaos-flow.ts";
import { RemoteLedger } from "../chaos-ledger.ts";
import type { ServerNews } from "../chaos-news.ts";
import { handleFlow, sendFlow } from "../chaos-stream.ts";

/** The server of `npm run chaos`, in a process of its own. A client tells by its subprotocol which one it is. */
export interface ChaosServerOptions extends ChaosLoad {
  /** So many starts it does not tell of, to see that the run notices. */
  readonly conceal: number;
}

const options = JSON.parse(process.argv[2]!) as ChaosServerOptions;
const flows = flowsOf(options);
const seen = new Set<number>();
let concealed = 0;

function tell(news: ServerNews): void {
  process.send!(news, () => {});
}

function tellTrouble(text: string): void {
  tell({ kind: "trouble", text: `server: ${text}` });
}

const remote = new RemoteLedger(tell);
const ledger = {
  accepted: (flow: number, id: number): void => remote.accepted(flow, id),
  started(flow: number, id: number): void {
    if (id >= 100 && concealed < options.conceal) concealed++;
    else remote.started(flow, id);
  },
  failed: (): void => remote.failed(),
};

function serve(connection: SessionConnection): void {
  const number = Number(connection.protocol.slice(1));
  if (seen.has(number)) tellTrouble(`connection ${number} began a second session`);
  seen.add(number);
  connection.ongap = ({ sent, received }) =>
    tellTrouble(`connection ${number} has a gap: ${JSON.stringify({ sent, received })}`);
  connection.onclose = ({ code, wasClean }) => {
    if (!wasClean) tellTrouble(`connection ${number} ended with ${code}`);
  };
  for (const flow of flows.filter((each) => each.connection === number)) {
    const stream =
      flow.stream === "" ? connection : connection.stream(flow.stream, streamOptions(flow.stream));
    if (flow.direction === "up") handleFlow(stream, flow, ledger);
    else
      sendFlow(stream, flow, ledger).catch((error: unknown) =>
        tellTrouble(`flow ${flow.index} cannot be sent: ${String(error)}`),
      );
  }
}

const app = createServer({
  handleProtocols: (offered) => [...offered][0] ?? false,
  log: { info() {}, warn: tellTrouble, error: tellTrouble },
});
app.onconnection = ({ session }) => serve(session!);
process.on("disconnect", () => process.exit());
tell({ kind: "ready", port: (await app.listen(0, "127.0.0.1")).port });
