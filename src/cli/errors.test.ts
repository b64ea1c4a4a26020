import { describe, expect, test } from "vitest";
import { CommandError, type CommandErrorCode, commandFailures, reasonOf } from "./errors.ts";

describe("CommandError", () => {
  test.each(Object.entries(commandFailures))(
    "%s says it in one line with every fact",
    (code, { message, exitCode }) => {
      const names = Array.from(message.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
      const facts = Object.fromEntries(names.map((name) => [name, `the ${name}\nof it`]));
      const error = new CommandError(code as CommandErrorCode, facts);
      expect(error).toMatchObject({ name: "CommandError", code, exitCode, facts });
      expect(error.message).not.toMatch(/[\n{}]|undefined/);
      for (const name of names) expect(error.message).toContain(`the ${name} of it`);
    },
  );

  test("keeps its cause", () => {
    const cause = new Error("why");
    expect(new CommandError("CLI_CONFIG_UNREADABLE", { file: "a", reason: "b" }, { cause }).cause).toBe(
      cause,
    );
  });
});

describe("reasonOf", () => {
  test.each([
    [
      Object.assign(new Error("ENOENT: no such file or directory, open '/a'"), { code: "ENOENT" }),
      "there is no such file",
    ],
    [Object.assign(new Error("EACCES"), { code: "EACCES" }), "this user may not"],
    [Object.assign(new Error("EISDIR"), { code: "EISDIR" }), "it is a folder"],
    [new Error("first line\n    at somewhere"), "first line"],
    ["thrown text", "thrown text"],
  ])("says %s as people would", (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});
