import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { ByteFuses } from "./byte-fuses.ts";
import type { Direction, Directions } from "./direction.ts";
import { FaultPlayer, type FaultPlan } from "./fault-player.ts";
import { PortKeeper } from "./port-keeper.ts";
import {
  type DirectedFault,
  type FaultTiming,
  type LineFault,
  lingerAfterEnd,
  ProxiedConnection,
  type ResetFault,
} from "./proxied-connection.ts";

export type FaultKind = LineFault | "refuse" | "hold";

export interface CuttingProxyOptions {
  /** Where the connections lead, on loopback. */
  readonly targetPort: number;
  /** Faults that come by themselves, from the first connection on. */
  readonly play?: FaultPlan;
}

/**
 * A TCP proxy on loopback that does to connections what networks do. Its own methods strike all connections; with
 * `afterBytes` they count what goes through all of them together, and strike those that are there when it has.
 */
export class CuttingProxy implements AsyncDisposable {
  readonly port: number;
  /** How many connections were forwarded so far. */
  accepted = 0;
  /** How many were accepted and never forwarded. */
  held = 0;
  /** How often each fault has come: those of connections are counted for each connection. */
  readonly counts: Readonly<Record<FaultKind, number>>;
  readonly #counts = { reset: 0, freeze: 0, halfClose: 0, delay: 0, refuse: 0, hold: 0 };
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #keeper = new PortKeeper();
  readonly #fuses = new ByteFuses<ProxiedConnection>();
  /** Those whose sockets are not all closed yet. */
  readonly #connections = new Set<ProxiedConnection>();
  readonly #heldSockets = new Set<Socket>();
  readonly #awaiting: ((connection: ProxiedConnection) => void)[] = [];
  readonly #players: FaultPlayer[] = [];
  #isHolding = false;
  /** `refuse` and `online` one after another, as each takes a while. */
  #lastSwitch: Promise<void> = Promise.resolve();

  private constructor(server: Server, targetPort: number) {
    this.counts = this.#counts;
    this.#server = server;
    this.#targetPort = targetPort;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (client) => this.#accept(client));
  }

  static async listen({ targetPort, play }: CuttingProxyOptions): Promise<CuttingProxy> {
    // An end is forwarded when it is due, and without Nagle's algorithm the proxy adds no delay of its own.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new CuttingProxy(server, targetPort);
    if (play !== undefined) proxy.play(play);
    return proxy;
  }

  /** The connections that are forwarded now, the oldest first. */
  get connections(): ProxiedConnection[] {
    return [...this.#connections].filter(({ isForwarding }) => isForwarding);
  }

  /** The next connection that is forwarded, of those that come after this call. */
  accept(): Promise<ProxiedConnection> {
    return new Promise((resolve) => this.#awaiting.push(resolve));
  }

  reset({ sides, ...timing }: ResetFault = {}): void {
    this.#strikeAll(timing, (connection) => connection.reset({ sides }));
  }

  freeze({ directions, ...timing }: DirectedFault = {}): void {
    this.#strikeAll(timing, (connection) => connection.freeze({ directions }));
  }

  release(directions?: Directions): void {
    for (const connection of this.connections) connection.release(directions);
  }

  abandon(): void {
    for (const connection of this.connections) connection.abandon();
  }

  halfClose(direction: Direction, timing: FaultTiming = {}): void {
    this.#strikeAll(timing, (connection) => connection.halfClose(direction));
  }

  delay(ms: number, { directions, ...timing }: DirectedFault = {}): void {
    this.#strikeAll(timing, (connection) => connection.delay(ms, { directions }));
  }

  /** New connections are refused from when this resolves until `online`. Those there are go on. */
  refuse(): Promise<void> {
    return this.#switch(async () => {
      if (!this.#server.listening) return;
      this.#counts.refuse++;
      this.#server.close();
      await this.#keeper.keep(this.port);
    });
  }

  /** New connections are accepted and never forwarded, until `online`; those stay as they are even then. */
  hold(): void {
    this.#counts.hold++;
    this.#isHolding = true;
  }

  /** Resets all connections and refuses new ones. */
  offline(): Promise<void> {
    this.reset();
    return this.refuse();
  }

  /** Accepts and forwards new connections again, when it resolves. */
  online(): Promise<void> {
    this.#isHolding = false;
    return this.#switch(async () => {
      if (this.#server.listening) return;
      this.#server.listen(this.port, "127.0.0.1");
      await once(this.#server, "listening");
    });
  }

  /** Lets faults come by themselves, until the player or the proxy is ended. */
  play(plan: FaultPlan): FaultPlayer {
    const player = new FaultPlayer(this, plan);
    this.#players.push(player);
    return player;
  }

  /** Calls `burnDown` when so many bytes have gone through all connections together, with the last byte's connection. */
  afterBytes(
    bytes: number,
    burnDown: (connection: ProxiedConnection) => void,
    counting: Directions = "both",
  ): void {
    this.#fuses.light({ directions: counting, bytesLeft: bytes, burnDown });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const player of this.#players) player[Symbol.dispose]();
    await this.#lastSwitch;
    const closed = [...this.#connections].map((connection) => connection.closed);
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#heldSockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
    await Promise.all(closed);
    await this.#keeper[Symbol.asyncDispose]();
  }

  #accept(client: Socket): void {
    if (this.#isHolding) {
      this.#hold(client);
      return;
    }
    const target = connect({ port: this.#targetPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const onFault = (kind: LineFault): void => void this.#counts[kind]++;
    const connection = new ProxiedConnection({ client, target, fuses: this.#fuses, onFault });
    this.accepted++;
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    this.#awaiting.shift()?.(connection);
  }

  #hold(client: Socket): void {
    this.held++;
    this.#heldSockets.add(client);
    client.on("error", () => {}).once("close", () => this.#heldSockets.delete(client));
    lingerAfterEnd(client);
  }

  #strikeAll(
    { afterBytes = 0, counting }: FaultTiming,
    strike: (connection: ProxiedConnection) => void,
  ): void {
    const strikeThem = (): void => {
      for (const connection of this.connections) strike(connection);
    };
    if (afterBytes === 0) strikeThem();
    else this.afterBytes(afterBytes, strikeThem, counting);
  }

  #switch(change: () => Promise<void>): Promise<void> {
    this.#lastSwitch = this.#lastSwitch.then(change);
    return this.#lastSwitch;
  }
}
