import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { PromptScreen } from "./prompt-screen.ts";

/** A screen whose cursor stands so many rows below the first of the line being typed. */
function screenAt(rows: number) {
  const output = new PassThrough({ encoding: "utf8" });
  const prompt = {
    getCursorPos: () => ({ rows, cols: 3 }),
    prompt: (keepsCursor?: boolean) => void output.write(`[prompt ${keepsCursor}]`),
  };
  return { screen: new PromptScreen(prompt, output), written: () => output.read() as string };
}

describe("PromptScreen", () => {
  test("prints above a line of one row and draws that again", () => {
    const { screen, written } = screenAt(0);
    screen.print(["one", "two"]);
    expect(written()).toBe("\r\x1b[Jone\ntwo\n[prompt true]");
  });

  test("clears a line of several rows from its first, and leaves as many for readline to go up", () => {
    const { screen, written } = screenAt(2);
    screen.print(["one"]);
    expect(written()).toBe("\x1b[2A\r\x1b[Jone\n\n\n[prompt true]");
  });

  test("puts the last lines in place of the prompt", () => {
    const { screen, written } = screenAt(1);
    screen.printLast(["Closed"]);
    expect(written()).toBe("\x1b[1A\r\x1b[JClosed\n");
  });
});
