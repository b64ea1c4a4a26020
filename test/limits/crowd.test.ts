import { expect, test } from "vitest";
import { MeasuredProcess } from "./measured-process.ts";
import type { CrowdOptions } from "./programs/crowd.ts";
import type { EchoHost } from "./programs/echo-host.ts";
import type { Memory } from "./programs/memory-meter.ts";

const kibibyte = 1024;
/** What a connection may retain at the very most; it is about a sixth of that. */
const retainedKiBMax = 32;

/** KiB for each connection. */
interface PerConnection {
  readonly host: EchoHost;
  readonly idle: Memory;
  readonly echoed: Memory;
}

test("10,000 connections are open at once, and each gets its echo", async () => {
  const ours = [await gatherAt("ropeway"), await gatherAt("ropeway on http")];
  const theirs = await gatherAt("ws");
  for (const each of [...ours, theirs]) print(each, theirs);
  for (const { echoed } of ours) expect(echoed.retained).toBeLessThan(retainedKiBMax);
});

test("a connection keeps nothing of its handshake but what it tells", async () => {
  const crowd = { connections: 1000, cookieBytes: 12 * kibibyte };
  const { idle } = await gatherAt("ropeway", crowd);
  expect(idle.retained).toBeLessThan(6);
});

/** Opens the connections, has each get its echo, and measures what they cost the host. */
async function gatherAt(
  host: EchoHost,
  { connections, cookieBytes }: Omit<CrowdOptions, "port"> = { connections: 10_000 },
): Promise<PerConnection> {
  await using program = await MeasuredProcess.start("echo-host", host);
  const before = (await program.status()).memory.now;
  await using crowd = await MeasuredProcess.start("crowd", { port: program.port, connections, cookieBytes });
  expect(await crowd.note("open")).toBe(connections);
  const idle = (await program.status()).memory.now;
  crowd.command("echo");
  expect(await crowd.note("echoed")).toBe(connections);
  const echoed = (await program.status()).memory.now;
  expect(crowd.notes).toEqual(
    new Map([
      ["open", connections],
      ["echoed", connections],
    ]),
  );
  crowd.command("leave");
  await crowd.note("left");
  return { host, idle: share(before, idle, connections), echoed: share(before, echoed, connections) };
}

function share(before: Memory, after: Memory, connections: number): Memory {
  const scale = connections * kibibyte;
  return { retained: (after.retained - before.retained) / scale, rss: (after.rss - before.rss) / scale };
}

function print({ host, idle, echoed }: PerConnection, other: PerConnection): void {
  const show = (mine: number, theirs: number) => `${mine.toFixed(2)} (${(mine / theirs).toFixed(2)} of ws)`;
  process.stdout.write(
    `  KiB for each of 10,000 connections, ${host}: ` +
      `idle heap+external ${show(idle.retained, other.idle.retained)}, RSS ${show(idle.rss, other.idle.rss)}; ` +
      `after an echo ${show(echoed.retained, other.echoed.retained)}, RSS ${show(echoed.rss, other.echoed.rss)}\n`,
  );
}
