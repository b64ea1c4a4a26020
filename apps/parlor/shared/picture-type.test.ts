import { describe, expect, test } from "vitest";
import { pictureType } from "./picture-type.ts";

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

describe("the type of a picture", () => {
  test.each([
    ["\x89PNG\r\n\x1a\n....", "image/png"],
    ["\xff\xd8\xff\xe0....", "image/jpeg"],
    ["GIF89a....", "image/gif"],
    ["GIF87a....", "image/gif"],
    ["RIFF\x04\x00\x00\x00WEBPVP8 ", "image/webp"],
    ["\x00\x00\x00\x1cftypavif", "image/avif"],
    ["\x00\x00\x00\x1cftypavis", "image/avif"],
  ])("%j is %s", (head, type) => {
    expect(pictureType(latin1(head))).toBe(type);
  });

  test.each([
    "",
    "\x89PNG",
    "RIFF\x04\x00\x00\x00WAVE",
    "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "<!doctype html>",
    "\x00\x00\x00\x1cftypmp42",
  ])("%j is no picture", (head) => {
    expect(pictureType(latin1(head))).toBeNull();
  });
});
