import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { historyFile, historyLineCharactersMax, historyLinesMax, LineHistory } from "./line-history.ts";

function temporaryFile() {
  const folder = mkdtempSync(join(tmpdir(), "ropeway-history-"));
  const file = join(folder, "state", "history");
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

function remember(file: string, lines: readonly string[]): void {
  const history = new LineHistory(file);
  for (const line of lines) history.add(line);
  history.save();
}

describe("historyFile", () => {
  test("lies in the user's state folder", () => {
    expect(historyFile({ XDG_STATE_HOME: "/var/state" })).toBe("/var/state/ropeway/connect-history");
  });

  test.each([{}, { XDG_STATE_HOME: "" }, { XDG_STATE_HOME: "relative" }])(
    "has a default for %j",
    (environment) => {
      expect(historyFile(environment)).toBe(join(homedir(), ".local/state/ropeway/connect-history"));
    },
  );
});

describe("LineHistory", () => {
  test("gives a later run the lines of earlier ones, the oldest first", () => {
    using place = temporaryFile();
    remember(place.file, ["one", "two"]);
    remember(place.file, ["three"]);
    expect(new LineHistory(place.file).read()).toEqual(["one", "two", "three"]);
  });

  test("is readable for the user alone and leaves no other file", () => {
    using place = temporaryFile();
    remember(place.file, ["secret"]);
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(place.file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(place.file))).toEqual(["history"]);
  });

  test("takes the rights away from others when a file was open to them", () => {
    using place = temporaryFile();
    remember(place.file, ["one"]);
    chmodSync(place.file, 0o644);
    remember(place.file, ["two"]);
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
  });

  test("keeps both runs' lines when two run at once", () => {
    using place = temporaryFile();
    const [first, second] = [new LineHistory(place.file), new LineHistory(place.file)];
    first.add("of the first");
    second.add("of the second");
    first.save();
    second.save();
    expect(new LineHistory(place.file).read()).toEqual(["of the first", "of the second"]);
  });

  test("forgets the oldest lines past the limit", () => {
    using place = temporaryFile();
    remember(
      place.file,
      Array.from({ length: historyLinesMax + 5 }, (_, index) => `line ${index}`),
    );
    const lines = new LineHistory(place.file).read();
    expect(lines).toHaveLength(historyLinesMax);
    expect(lines[0]).toBe("line 5");
  });

  test("does not keep empty, private, repeated and overlong lines", () => {
    using place = temporaryFile();
    remember(place.file, [
      "",
      "  ",
      " password",
      "same",
      "same",
      "x".repeat(historyLineCharactersMax + 1),
      "last",
    ]);
    expect(readFileSync(place.file, "utf8")).toBe("same\nlast\n");
  });

  test("goes on without a file that cannot be written or read", () => {
    using place = temporaryFile();
    remember(place.file, ["one"]);
    const below = join(place.file, "below-a-file");
    remember(below, ["two"]);
    expect(new LineHistory(below).read()).toEqual([]);
  });

  test("writes nothing without a file, or without a new line", () => {
    using place = temporaryFile();
    remember(place.file, []);
    const history = new LineHistory(null);
    history.add("one");
    history.save();
    expect(history.read()).toEqual([]);
    expect(() => statSync(place.file)).toThrow("ENOENT");
  });

  test("takes a file that a stranger filled, within the limits", () => {
    using place = temporaryFile();
    remember(place.file, ["one"]);
    writeFileSync(place.file, `\n\n${"y".repeat(10_000)}\ntwo`);
    expect(new LineHistory(place.file).read()).toEqual(["two"]);
  });
});
