import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { runCli } from "./cli-process.ts";

describe("ropeway", () => {
  test.each(["--version", "-V"])("prints its version for %s", async (flag) => {
    expect(await runCli([flag])).toEqual({ exitCode: 0, stdout: `${packageJson.version}\n`, stderr: "" });
  });

  test("names its commands in the help", async () => {
    const { exitCode, stdout, stderr } = await runCli(["--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/serve .*\n.*connect .*\n.*bench /);
  });

  test.each([
    ["serve", ["--port", "--static", "--cert", "--origin", "--config", "defineConfig", "Exit codes"]],
    ["connect", ["--header", "--subprotocol", "--ca", "--json", "--wait", "--no-history", "Exit codes"]],
    ["bench", ["--connections", "--rate", "--duration", "--pid", "--json", "--ca", "Exit codes"]],
  ])("explains %s", async (command, words) => {
    const { exitCode, stdout } = await runCli([command, "--help"]);
    expect(exitCode).toBe(0);
    for (const word of words) expect(stdout).toContain(word);
  });

  test.each([
    [["sevre"], "ropeway: unknown command 'sevre' (Did you mean serve?)\n"],
    [["connect"], "ropeway: missing required argument 'url'\n"],
    [["--nonsense"], "ropeway: unknown option '--nonsense'\n"],
  ])("refuses %j by one line and exit code 2", async (args, stderr) => {
    expect(await runCli(args)).toEqual({ exitCode: 2, stdout: "", stderr });
  });

  test("prints the help to standard error without a command, exit code 2", async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("Usage: ropeway");
  });
});

describe("ropeway on a Node that is too old", () => {
  test("says in one line what to do, exit code 1", async () => {
    const pretend =
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.5" } });';
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}` };
    const { exitCode, stdout, stderr } = await runCli(["serve", "--port", "0"], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(
      /^Ropeway needs Node 22\.13 or later, and this is Node 20\.19\.5: install a newer one .*\n$/,
    );
  });
});
