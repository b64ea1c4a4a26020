import { expect, test } from "vitest";
import { runCommand } from "../../tools/run-command.ts";

/** Runs `npm run chaos`, a short one. */
function chaos(...args: string[]) {
  const node = ["-C", "@ropeway/source", "test/chaos/programs/chaos.ts"];
  return runCommand(process.execPath, [...node, ...args], { output: "capture", timeoutMs: 100_000 });
}

test("what two ends send each other through a proxy that cuts is handled once and in order", async () => {
  const { code, output } = await chaos("--messages", "20000", "--cuts", "60", "--connections", "6");
  process.stdout.write(output);
  expect([output, code]).toEqual([expect.stringContaining("Nothing lost, repeated or reordered"), 0]);
  expect(output).toMatch(/^ok +20,000 +20,000$/m);
}, 110_000);

test("a run fails if handlers did not begin for all messages", async () => {
  const run = ["--messages", "2000", "--cuts", "0", "--connections", "2", "--stall", "2"];
  const { code, output } = await chaos(...run, "--conceal", "3");
  expect(output).toMatch(/^lost +3 +0$/m);
  expect(output).toContain("WRONG: 3 lost up");
  expect(code).toBe(1);
});
