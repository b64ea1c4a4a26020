import { endCommandsOnSignal, runCommand } from "./run-command.ts";

/**
 * `npm run chaos -- [--messages 1000000] [--cuts 1000] [--connections 12] [--seed 1]`: so many messages each way through
 * a proxy that cuts, of which none may be lost, repeated or reordered.
 */
export async function main(args: readonly string[]): Promise<number> {
  endCommandsOnSignal();
  const node = ["-C", "@ropeway/source", "test/chaos/programs/chaos.ts"];
  return (await runCommand(process.execPath, [...node, ...args])).code;
}
