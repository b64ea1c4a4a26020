import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { comparable, playVector, type SessionVector } from "../../test/pure/session-vector.ts";

const folder = join(import.meta.dirname, "../../conformance/sessions");
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

function read(file: string): SessionVector[] {
  return JSON.parse(readFileSync(join(folder, file), "utf8")) as SessionVector[];
}

describe.each(files)("conformance/sessions/%s", (file) => {
  test.each(read(file))("$role: $title", async (vector) => {
    const played = await playVector(vector);
    expect(played.map(comparable)).toEqual(vector.steps.map(comparable));
  });
});

test("both roles have exchanges, each with a name of its own", () => {
  const names = files.flatMap((file) => read(file).map(({ role, title }) => `${file} ${role}: ${title}`));
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => name.includes(" client: ")).length).toBeGreaterThan(40);
  expect(names.filter((name) => name.includes(" server: ")).length).toBeGreaterThan(40);
});
