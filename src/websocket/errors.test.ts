import { expect, test } from "vitest";
import { ConnectionError, type ConnectionErrorCode, connectionRules } from "./errors.ts";

test.each(Object.entries(connectionRules))("%s says it in one line with every fact", (code, message) => {
  const names = Array.from(message.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const facts = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
  const cause = new Error("why");
  const error = new ConnectionError(code as ConnectionErrorCode, facts, { cause });
  expect(error).toMatchObject({ name: "ConnectionError", code, facts, cause });
  expect(error.message).not.toMatch(/[\n{}]|undefined/);
  for (const name of names) expect(error.message).toContain(`the ${name}`);
});
