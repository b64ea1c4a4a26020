import { endCommandsOnSignal, runCommand } from "./run-command.ts";

/** `npm run soak -- [--minutes 10] [--visitors 12]`: visits of all kinds to a server of ours, whose memory must stay flat. */
export async function main(args: readonly string[]): Promise<number> {
  endCommandsOnSignal();
  const node = ["--expose-gc", "-C", "@ropeway/source"];
  return (await runCommand(process.execPath, [...node, "test/limits/programs/soak.ts", ...args])).code;
}
