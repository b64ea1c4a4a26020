import { expect, test } from "vitest";
import { runCommand } from "../../tools/run-command.ts";

/** Runs `npm run soak` for a moment. */
function soak(...args: string[]) {
  const node = ["--expose-gc", "-C", "@ropeway/source", "test/limits/programs/soak.ts"];
  return runCommand(process.execPath, [...node, ...args], { output: "capture", timeoutMs: 120_000 });
}

test("the endurance run visits in every way, finds the server flat, and its descriptors closed", async () => {
  const { code, output } = await soak("--minutes", "0.2");
  expect(output).toContain("flat: connections after the last has left: 0");
  expect(output).toMatch(/^flat: server, descriptors with nobody connected: (\d+) before, \1 after$/m);
  const visits = JSON.parse(/^Visits: (.*)$/m.exec(output)![1]!) as Record<string, number>;
  expect(Object.values(visits).every((count) => count > 0)).toBe(true);
  expect(/^Errors .*"WS_BUFFER_FULL":\d+/m.test(output) && /"WS_HEARTBEAT_TIMEOUT":\d+/.test(output)).toBe(
    true,
  );
  expect([output, code]).toEqual([expect.not.stringContaining("NOT FLAT"), 0]);
});

test("the endurance run fails for a server that keeps something of each connection", async () => {
  const { code, output } = await soak("--minutes", "0.05", "--leak", "65536");
  expect(output).toMatch(/^NOT FLAT: server, heap with nobody connected/m);
  expect(output).toMatch(/^flat: visitors, descriptors with nobody connected/m);
  expect(code).toBe(1);
});
