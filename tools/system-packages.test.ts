import { chmodSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { describeMissing, isCi, locate, planInstall, requireTool } from "./system-packages.ts";

const source = {
  title: "X",
  variable: "X_PATH",
  candidates: ["x-one", "x-two"],
  debianPackage: "x",
  elsewhere: "get X",
};

afterEach(() => vi.unstubAllEnvs());

function placeProgram(folder: string, name: string, script = "exit 0"): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("a program is located", () => {
  test("on PATH, the first candidate before the second", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "ropeway-"));
    const second = placeProgram(folder.path, "x-two");
    expect(locate(source, { PATH: `/nowhere:${folder.path}` })).toBe(second);
    const first = placeProgram(folder.path, "x-one");
    expect(locate(source, { PATH: folder.path })).toBe(first);
  });

  test("at the place that its variable names, and then nowhere else", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "ropeway-"));
    const own = placeProgram(folder.path, "own");
    placeProgram(folder.path, "x-one");
    expect(locate(source, { PATH: folder.path, X_PATH: own })).toBe(own);
    expect(locate(source, { PATH: folder.path, X_PATH: "/nowhere/x" })).toBeNull();
  });

  test("only if it can be run", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "ropeway-"));
    chmodSync(placeProgram(folder.path, "x-one"), 0o644);
    expect(locate(source, { PATH: folder.path })).toBeNull();
  });

  test("only if it answers its probe", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "ropeway-"));
    placeProgram(folder.path, "x-one", "exit 1");
    const second = placeProgram(folder.path, "x-two", '[ "$1" = "--probe" ]');
    expect(locate({ ...source, probe: ["--probe"] }, { PATH: folder.path })).toBe(second);
  });
});

describe("installing", () => {
  const allowed = { apt: true, root: true, env: {} };

  test("as root on a Debian-like system names the packages", () => {
    expect(planInstall(["firefox", "python-websockets"], allowed)).toEqual({
      install: ["firefox-esr", "python3-websockets"],
    });
  });

  test.each([
    ["is forbidden by ROPEWAY_INSTALL=0", { env: { ROPEWAY_INSTALL: "0" } }, "ROPEWAY_INSTALL=0"],
    ["needs apt-get", { apt: false }, "no apt-get"],
    ["needs root and never sudo", { root: false }, "never used"],
  ])("%s", (_, facts, reason) => {
    expect(planInstall(["curl"], { ...allowed, ...facts })).toEqual({
      refused: expect.stringContaining(reason) as string,
    });
  });
});

describe("a missing program", () => {
  test("is skipped with the reason", () => {
    vi.stubEnv("CI", "");
    vi.stubEnv("FIREFOX_PATH", "/nowhere/firefox");
    const { missing } = requireTool("firefox");
    expect(missing).toBe("Firefox: no program at FIREFOX_PATH=/nowhere/firefox");
  });

  test("is a failure with CI=true", () => {
    vi.stubEnv("CI", "true");
    vi.stubEnv("FIREFOX_PATH", "/nowhere/firefox");
    expect(() => requireTool("firefox")).toThrow("CI=true");
  });

  test("is told with the one thing that helps", () => {
    vi.stubEnv("CHROMIUM_PATH", "");
    expect(describeMissing("chromium")).toMatch(/^Chromium was not found: .*chromium/i);
  });
});

test("CI is told by its variable", () => {
  expect([isCi({ CI: "true" }), isCi({ CI: "1" }), isCi({ CI: "false" }), isCi({})]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
