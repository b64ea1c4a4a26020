import type { AddressInfo } from "node:net";
import { WebSocketServer } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";

const limits = { messageBytesMax: 1_048_576, streamsMax: 64, suspendedMsMax: 1000 };
const windows = { window: [1024, 262_144], streamWindow: [16, 16_384] };

/** A server of sessions that knows no protocol: tests write its frames. */
export class ScriptedSessionServer implements AsyncDisposable {
  readonly #engine: WebSocketServer;
  readonly #links: Observed[] = [];
  readonly #awaiting: ((link: Observed) => void)[] = [];

  private constructor(engine: WebSocketServer) {
    this.#engine = engine;
    engine.onconnection = ({ socket }) => {
      const link = new Observed(socket);
      const resolve = this.#awaiting.shift();
      if (resolve === undefined) this.#links.push(link);
      else resolve(link);
    };
  }

  static async listen(): Promise<ScriptedSessionServer> {
    const engine = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: ["ropeway.1"] });
    await engine.listening;
    return new ScriptedSessionServer(engine);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#engine.address() as AddressInfo).port}`;
  }

  nextLink(): Promise<Observed> {
    const link = this.#links.shift();
    return link === undefined
      ? new Promise((resolve) => this.#awaiting.push(resolve))
      : Promise.resolve(link);
  }

  /** The next link, when the server has greeted on it; and what the client answered. */
  async greet(): Promise<{ link: Observed; asked: string }> {
    const link = await this.nextLink();
    link.connection.send(`hello ${JSON.stringify(limits)}`);
    return { link, asked: String(await link.nextMessage()) };
  }

  /** The next link, with a session. */
  async open(): Promise<Observed> {
    const { link } = await this.greet();
    const session = { session: "s", secret: "k", linkEpoch: 1, protocol: "" };
    link.connection.send(`opened ${JSON.stringify({ ...session, ...windows })}`);
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.close({ graceMs: 0 });
  }
}
