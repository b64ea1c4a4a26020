import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the engine loads nothing of what Node's fetch needs, which is much", async () => {
  const engine = new URL("index.ts", import.meta.url).href;
  const code = `await import(${JSON.stringify(engine)}); console.log(process.moduleLoadList.join("\\n"));`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code]);
  expect(stdout).toContain("NativeModule net");
  expect(stdout).not.toContain("undici");
});
