import { OUR_SESSIONS, OURS, type Peer } from "./peers.ts";
import { summarize, type WorkloadResult } from "./report/result.ts";
import { ServerProcess } from "./server-process.ts";
import type { ServerSettings } from "./servers/control.ts";
import type { Effort, Sample, Workload } from "./workload.ts";

const TRIES = 3;
const TURN_TIMEOUT_MS = 60_000;

export interface Plan {
  readonly rounds: number;
  readonly effort: Effort;
  readonly tls: NonNullable<ServerSettings["tls"]>;
  readonly progress: (line: string) => void;
}

/** Runs a workload with all peers in turn, A B C A B C …, as what disturbs the machine then disturbs all alike. */
export async function runWorkload(
  workload: Workload,
  peers: readonly Peer[],
  plan: Plan,
): Promise<WorkloadResult> {
  const taking = peers.filter((peer) => takesPart(peer, workload));
  const { deflate, tls } = workload;
  const settings = { deflate, ...(tls ? { tls: plan.tls } : {}) };
  await using stack = new AsyncDisposableStack();
  const start = async (peer: Peer): Promise<ServerProcess> => ServerProcess.start(peer, settings);
  const lasting = new Map<Peer, ServerProcess>();
  if (!workload.freshProcess) for (const peer of taking) lasting.set(peer, stack.use(await start(peer)));

  for (const [peer, server] of lasting) {
    plan.progress(`${workload.name}  warm-up  ${peer.name}`);
    await tryTurn(() => runTurn(workload, server, plan), `${workload.name}: ${peer.name}`, plan);
  }
  const samples = new Map<string, (Sample | undefined)[]>(taking.map(({ name }) => [name, []]));
  for (let round = 1; round <= plan.rounds; round++) {
    for (const peer of taking) {
      plan.progress(`${workload.name}  round ${round} of ${plan.rounds}  ${peer.name}`);
      const turn = async (): Promise<Sample> => {
        const server = lasting.get(peer);
        if (server !== undefined) return runTurn(workload, server, plan);
        await using fresh = await start(peer);
        return await runTurn(workload, fresh, plan);
      };
      samples.get(peer.name)?.push(await tryTurn(turn, `${workload.name}: ${peer.name}`, plan));
    }
  }
  return summarize(workload, samples, workload.ofSessions ? OUR_SESSIONS : OURS);
}

function takesPart({ name, dialect, offers, recovers = false }: Peer, workload: Workload): boolean {
  if (workload.ofSessions) return recovers || name === OURS;
  if (recovers) return false;
  if (dialect === "socket.io" && !workload.forSocketIo) return false;
  return (offers.deflate || !workload.deflate) && (offers.tls || !workload.tls);
}

/** A turn that went wrong does not count: it is told, and taken again. */
async function tryTurn(turn: () => Promise<Sample>, name: string, plan: Plan): Promise<Sample | undefined> {
  for (let i = 0; i < TRIES; i++) {
    try {
      return await turn();
    } catch (error) {
      plan.progress("");
      console.error(`${name}: a turn does not count: ${(error as Error).message}`);
    }
  }
  return undefined;
}

async function runTurn(workload: Workload, server: ServerProcess, { effort }: Plan): Promise<Sample> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("it took too long")), TURN_TIMEOUT_MS);
  try {
    return await Promise.race([workload.run(server, effort), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
