import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputLines } from "./input-lines.ts";

async function* chunksOf(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}

async function collect(chunks: AsyncIterable<Uint8Array>, lineBytesMax = 1000): Promise<string[]> {
  return await Array.fromAsync(inputLines(chunks, lineBytesMax));
}

describe("inputLines", () => {
  test("takes LF and CR LF, empty lines, and a last line without an end", async () => {
    expect(await collect(chunksOf("one\ntwo\r\n\n\r\nlast"))).toEqual(["one", "two", "", "", "last"]);
  });

  test("gives nothing for no input, and no extra line after the last end", async () => {
    expect(await collect(chunksOf())).toEqual([]);
    expect(await collect(chunksOf("one\n"))).toEqual(["one"]);
  });

  test("gives the same lines however the bytes are split", async () => {
    const text = "żółć\n\r\n日本\r\n👩‍👩‍👧\nlast";
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(await collect(chunksOf(...chunks))).toEqual(text.split(/\r?\n/));
      }),
    );
  });

  test("takes a line of the limit and refuses the next byte, with the line's number", async () => {
    expect(await collect(chunksOf("a\n", "12345678\r\n"), 8)).toEqual(["a", "12345678"]);
    await expect(collect(chunksOf("a\n", "1234", "567890"), 8)).rejects.toThrow(
      "Line 2 of the input is longer than 8 bytes",
    );
    await expect(collect(chunksOf("123456789\n"), 8)).rejects.toMatchObject({ code: "CLI_INPUT_TOO_LONG" });
  });

  test("stops reading at the limit instead of holding an endless line", async () => {
    let chunksRead = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        chunksRead += 1;
        yield Buffer.alloc(100, "x");
      }
    }
    await expect(collect(endless(), 1000)).rejects.toMatchObject({ code: "CLI_INPUT_TOO_LONG" });
    expect(chunksRead).toBe(11);
  });

  test("reads no further than it is asked", async () => {
    let chunksRead = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for (;;) {
        chunksRead += 1;
        yield Buffer.from("a\nb\n");
      }
    }
    const lines = inputLines(counted(), 10);
    await lines.next();
    await lines.next();
    expect(chunksRead).toBe(1);
    await lines.return();
  });
});
