import { globSync } from "node:fs";
import { matchesGlob } from "node:path";
import { expect, test } from "vitest";
import { testParts } from "./test-parts.ts";

const inNode = testParts.filter((part) => part.inBrowser !== true);

function partsOf(file: string): string[] {
  const takes = (patterns: readonly string[] = []): boolean =>
    patterns.some((glob) => matchesGlob(file, glob));
  return inNode.filter(({ include, exclude }) => takes(include) && !takes(exclude)).map(({ name }) => name);
}

test("every test file runs in one part, and one alone", () => {
  const isBuilt = (path: string): boolean => /(^|\/)(node_modules|dist)$/.test(path);
  const files = globSync("{src,apps,tools,test,examples,bench}/**/*.test.{ts,tsx}", { exclude: isBuilt });
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => partsOf(file).length !== 1)).toEqual([]);
});

test("the names of the parts differ", () => {
  expect(new Set(testParts.map(({ name }) => name)).size).toBe(testParts.length);
});
