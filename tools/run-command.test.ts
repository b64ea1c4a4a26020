import { expect, test } from "vitest";
import { runCommand } from "./run-command.ts";

const node = process.execPath;

test("the output of both kinds and the exit code are returned", async () => {
  const script = "console.log('out'); console.error('error'); process.exit(3)";
  const result = await runCommand(node, ["-e", script], { output: "capture" });
  expect(result.code).toBe(3);
  expect(result.output.split("\n").filter(Boolean).toSorted()).toEqual(["error", "out"]);
});

test("a command that cannot start is a failure and no exception", async () => {
  const { code, output } = await runCommand("/nowhere/program", [], { output: "capture" });
  expect(code).toBe(1);
  expect(output).toContain("could not be started");
});

test("a command that takes too long is ended and says so", async () => {
  const options = { output: "capture", timeoutMs: 100 } as const;
  const { code, output } = await runCommand(node, ["-e", "setInterval(() => {}, 1000)"], options);
  expect(code).toBe(1);
  expect(output).toContain("took longer than 0.1 s");
});

test("a command that waits for input gets none", async () => {
  const { output } = await runCommand(
    node,
    ["-e", "process.stdin.on('end', () => console.log('ended')).resume()"],
    {
      output: "capture",
    },
  );
  expect(output).toBe("ended\n");
});

test("variables are added to the environment", async () => {
  const env = { ROPEWAY_TEST_VALUE: "42" };
  const { output } = await runCommand(node, ["-p", "process.env.ROPEWAY_TEST_VALUE"], {
    output: "capture",
    env,
  });
  expect(output).toBe("42\n");
});
