import type { AddressInfo } from "node:net";
import { WebSocketServer } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";

const messageBytesMax = 1_048_576;
const streamsMax = 64;

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
    say(link, "hello", { messageBytesMax, streamsMax, suspendedMsMax: 1000 });
    return { link, asked: String(await link.nextMessage()) };
  }

  /** The next link, with a session; `window` is the client's first credit. */
  async open({ window = [1024, 262_144] } = {}): Promise<Observed> {
    const { link } = await this.greet();
    const session = { session: "s", secret: "k", linkEpoch: 1, protocol: "", messageBytesMax, streamsMax };
    say(link, "opened", { ...session, window, streamWindow: [16, 16_384] });
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.close({ graceMs: 0 });
  }
}

/** Sends a control frame. */
export function say(link: Observed, word: string, members: object): void {
  link.connection.send(`${word} ${JSON.stringify(members)}`);
}
