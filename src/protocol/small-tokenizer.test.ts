import { expect, test } from "vitest";
import { utf8 } from "../../test/pure/frames.ts";
import { distanceBits, distanceMask, Tokenizer } from "./small-tokenizer.ts";

const tokenizer = new Tokenizer(5000);

/** Literals as text, matches as their length and distance, with spaces between. */
function tokensOf(message: string, windowBytes = 32_768): string {
  tokenizer.tokenize(utf8(message), windowBytes);
  const tokens = Array.from(tokenizer.tokens.subarray(0, tokenizer.count), (token) =>
    token < 256 ? String.fromCharCode(token) : `${token >>> distanceBits}<${token & distanceMask}`,
  );
  return tokens.join(" ");
}

test("three bytes that were there before are a match, two are not", () => {
  expect(tokensOf("abcXabc")).toBe("a b c X 3<4");
  expect(tokensOf("abXab")).toBe("a b X a b");
});

test("a match is as long as it can be, and may overlap what it makes", () => {
  expect(tokensOf("abcdXabcd")).toBe("a b c d X 4<5");
  expect(tokensOf("aaaaaa")).toBe("a 5<1");
  expect(tokensOf("a".repeat(600))).toBe("a 258<1 258<258 83<258");
});

test("a match waits where a longer one begins at the next byte", () => {
  expect(tokensOf("xbc-bcdef+xbcdef")).toBe("x b c - b c d e f + x 5<7");
  expect(tokensOf("xbcd-bcd+xbcd")).toBe("x b c d - 3<4 + 4<9");
});

test("a match reaches no further back than the window", () => {
  const message = `abc${"0123456789".slice(0, 5)}abc`;
  expect(tokensOf(message, 8)).toContain("3<8");
  expect(tokensOf(message, 7)).not.toContain("3<8");
});

test("what an earlier message has left behind is no match", () => {
  tokensOf("abcabcabc");
  expect(tokensOf("xyab")).toBe("x y a b");
  tokensOf("abcabc");
  expect(tokensOf("abcab")).toBe("a b c a b");
});

test("symbols are counted anew for each message, the end of the block as one", () => {
  tokensOf("abcXabcX");
  expect(tokensOf("aab-aab")).toBe("a a b - 3<4");
  const counted = [...tokenizer.literals.entries()].filter(([, count]) => count > 0);
  expect(counted).toEqual([
    [45, 1],
    [97, 2],
    [98, 1],
    [256, 1],
    [257, 1],
  ]);
  expect([...tokenizer.distances.entries()].filter(([, count]) => count > 0)).toEqual([[3, 1]]);
});

test("all that a large message repeats is found", () => {
  const half = Array.from({ length: 700 }, (_, i) => i.toString(36)).join(",");
  const message = `${half};${half}`;
  const restored = tokensOf(message)
    .split(" ")
    .reduce((text, token) => {
      const [length = 0, distance = 0] = token.split("<").map(Number);
      if (distance === 0) return text + token;
      let longer = text;
      for (let i = 0; i < length; i++) longer += longer.at(-distance)!;
      return longer;
    }, "");
  expect(restored).toBe(message);
  expect(tokenizer.count).toBeLessThan(half.length + 20);
});
