import type { Effort, MeasuredServer, Sample } from "../workload.ts";
import { openPeer } from "./open-peer.ts";
import { encodeClientFrame, readServerFrame } from "../../src/cli/load/frames.ts";
import { takeSample } from "./sample.ts";

const AT_ONCE = 32;
const NORMAL_CLOSURE = Buffer.from([1000 >> 8, 1000 & 0xff]);

/** Connections are opened, upgraded and closed with a closing handshake, again and again. */
export async function runConnect(server: MeasuredServer, effort: Effort): Promise<Sample> {
  const run = { closed: 0, isOver: false };
  const loops = Array.from({ length: AT_ONCE }, async () => {
    while (!run.isOver) {
      await openAndClose(server);
      run.closed++;
    }
  });
  const measuring = takeSample(server, effort, { count: () => run.closed }).finally(() => {
    run.isOver = true;
  });
  const [sample] = await Promise.all([measuring, ...loops]);
  return sample;
}

async function openAndClose({ target }: MeasuredServer): Promise<void> {
  const connection = await openPeer(target, "/echo");
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let received = Buffer.alloc(0);
  connection.onBytes = (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (readServerFrame(received)?.opcode === 8) connection.expectEnd();
  };
  connection.onLost = reject;
  // The server ends the TCP connection first (RFC 6455 §7.1.1).
  connection.onEnd = resolve;
  connection.write(encodeClientFrame({ payload: NORMAL_CLOSURE, opcode: 8 }));
  await promise;
}
