import type { Random } from "./random.ts";
import type { FaultKind } from "./scenario.ts";
import type { SimulatedClient } from "./simulated-client.ts";
import type { Connection, Cut } from "./simulated-connection.ts";
import type { SimulatedNetwork } from "./simulated-network.ts";
import type { ServedSession, SimulatedServer } from "./simulated-server.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What faults happen to. */
export interface FaultTargets {
  readonly clock: VirtualClock;
  readonly network: SimulatedNetwork;
  readonly clients: readonly SimulatedClient[];
  readonly suspendedMsMax: number;
  readonly trace: (what: string) => void;
  /** The server that takes new connections. */
  readonly server: () => SimulatedServer;
  /** Another server takes its place. */
  readonly replaceServer: () => void;
  readonly servedSessions: () => readonly ServedSession[];
}

const hearers = ["both", "client", "server", "nobody"] as const;
const concernsServer: ReadonlySet<FaultKind> = new Set([
  "cut",
  "halfOpen",
  "freeze",
  "jump",
  "kill",
  "drain",
  "drainLate",
]);
const patientGraceMs = 10 * 60_000;

/** Has things go wrong. */
export class Faults {
  readonly counts: Partial<Record<FaultKind, number>> = {};
  readonly #targets: FaultTargets;
  readonly #random: Random;
  readonly #acts: Readonly<Record<FaultKind, (client: SimulatedClient) => void>>;
  #offlineUntil = 0;

  constructor(targets: FaultTargets, random: Random) {
    this.#targets = targets;
    this.#random = random;
    this.#acts = { ...this.#linkFaults(), ...this.#doubts(), ...this.#ends() };
  }

  strike(kind: FaultKind): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    const { clients } = this.#targets;
    const living = clients.filter(({ hasVanished }) => !hasVanished);
    if (living.length === 0 && !concernsServer.has(kind)) return;
    const client = this.#random.pick(living.length > 0 ? living : clients);
    this.#targets.trace(`fault ${kind}, client ${client.number}`);
    this.#acts[kind](client);
  }

  #linkFaults() {
    return {
      /** The link is lost, and both ends hear it. */
      cut: () => this.#connection()?.cut({ ...this.#anyCut(), isHeardBy: "both" }),
      /** An end does not hear it, or neither. */
      halfOpen: () =>
        this.#connection()?.cut({ ...this.#anyCut(), isHeardBy: this.#random.pick(hearers.slice(1)) }),
      /** Nothing arrives for a while. */
      freeze: () =>
        this.#connection()?.freeze(this.#ms(20_000), this.#random.pick(["up", "down", "both"] as const)),
      /** What is under way on the old link arrives after the new one serves. */
      overtake: (client: SimulatedClient) => {
        client.sendOne("", 10);
        const direction = this.#random.pick(["up", "down", "both"] as const);
        for (const one of this.#targets.network.connections) one.freeze(this.#ms(5000), direction);
        this.#doubt(client);
      },
      /** Answers to `open` and `resume` are lost, and whatever comes early. */
      cutOpening: (client: SimulatedClient) => {
        for (let count = this.#random.integer(3); count >= 0; count--)
          this.#targets.network.cutNext(this.#anyCut());
        client.machine.dropLink();
      },
      /** No connection can be opened for a while. */
      offline: (client: SimulatedClient) => this.#goOffline(client, this.#ms(2000)),
      /** …for longer than the server keeps the session. */
      longOffline: (client: SimulatedClient) =>
        this.#goOffline(client, this.#targets.suspendedMsMax * (1 + this.#random.next() / 2)),
    };
  }

  #doubts() {
    const { clock } = this.#targets;
    return {
      /** The machine slept. */
      jump: () => void clock.after(0, () => clock.jump(this.#ms(60_000))),
      /** The client doubts its link and opens others beside it; the last may come late. */
      suspect: (client: SimulatedClient) => {
        for (let count = this.#random.integer(4); count >= 0; count--)
          clock.after(this.#ms(200), () => client.isOver || client.machine.suspectLink());
      },
      drop: (client: SimulatedClient) => client.machine.dropLink(),
      noToken: (client: SimulatedClient) => {
        client.hasToken = false;
        clock.after(this.#ms(3000), () => (client.hasToken = true));
        this.#doubt(client);
      },
      /** The server cannot decide who somebody is. */
      unavailable: (client: SimulatedClient) => {
        const server = this.#targets.server();
        server.isUnavailable = true;
        clock.after(this.#ms(3000), () => (server.isUnavailable = false));
        this.#doubt(client);
      },
      /** The user is not let in any more. */
      refuse: (client: SimulatedClient) => {
        client.mayEndUnclean = true;
        this.#targets.server().refused.add(client.user);
        this.#doubt(client);
      },
      /** Somebody else logs in. */
      otherUser: (client: SimulatedClient) => {
        client.mayEndUnclean = true;
        client.user += "'";
        this.#doubt(client);
      },
    };
  }

  #ends() {
    return {
      closeClient: (client: SimulatedClient) => client.machine.session.close(1000, "done"),
      closeServer: (client: SimulatedClient) => this.#served(client)?.session.close(1000, "done"),
      terminateClient: (client: SimulatedClient) => {
        client.mayEndUnclean = true;
        client.machine.session.terminate();
      },
      terminateServer: (client: SimulatedClient) => {
        client.mayEndUnclean = true;
        this.#served(client)?.session.terminate();
      },
      /** The client's process is killed. */
      vanish: (client: SimulatedClient) => client.vanish(this.#random.chance(0.7)),
      /** The server's is. */
      kill: () => this.#kill(),
      /** The server goes away, and has the time for it. */
      drain: () => this.#drain(patientGraceMs),
      drainLate: () => this.#drain(this.#ms(300)),
    };
  }

  #ms(atMost: number): number {
    return this.#random.next() * atMost;
  }

  #anyCut(): Cut {
    return {
      afterBytes: this.#random.integer(this.#random.pick([1, 300, 1500, 40_000])),
      isHeardBy: this.#random.pick(hearers),
    };
  }

  #connection(): Connection | undefined {
    const { connections } = this.#targets.network;
    return connections.length === 0 ? undefined : this.#random.pick(connections);
  }

  /** The client gives up its link, or asks. */
  #doubt(client: SimulatedClient): void {
    if (client.isOver) return;
    if (this.#random.chance(0.7)) client.machine.dropLink();
    else client.machine.suspectLink();
  }

  #served(client: SimulatedClient): ServedSession | undefined {
    return this.#targets
      .servedSessions()
      .find((one) => one.client === client && one.end === undefined && !one.server.isDead);
  }

  #goOffline(client: SimulatedClient, durationMs: number): void {
    const { clock, network } = this.#targets;
    this.#offlineUntil = Math.max(this.#offlineUntil, clock.now() + durationMs);
    network.isOffline = true;
    for (const one of network.connections)
      one.cut({ afterBytes: 0, isHeardBy: this.#random.chance(0.7) ? "both" : this.#random.pick(hearers) });
    clock.after(durationMs, () => {
      if (clock.now() < this.#offlineUntil) return;
      network.isOffline = false;
      if (!client.isOver) client.machine.retryNow();
    });
  }

  #kill(): void {
    this.#targets.server().kill();
    for (const connection of this.#targets.network.connections)
      connection.cut({ afterBytes: 0, isHeardBy: this.#random.chance(0.8) ? "client" : "nobody" });
    this.#targets.replaceServer();
  }

  #drain(graceMs: number): void {
    const server = this.#targets.server();
    this.#targets.replaceServer();
    server.drain();
    this.#targets.clock.after(graceMs, () => server.endAll());
  }
}
