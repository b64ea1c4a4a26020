import { join, sep } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { staticPath } from "./static-path.ts";

describe("staticPath", () => {
  test.each([
    ["/", [""]],
    ["/index.html", ["index.html"]],
    ["/a/b.css?v=1", ["a", "b.css"]],
    ["/a/", ["a", ""]],
    ["/caf%C3%A9%20bar.png", ["café bar.png"]],
    ["/a#b", ["a"]],
    ["/__proto__/constructor", ["__proto__", "constructor"]],
  ])("reads %s", (target, names) => {
    expect(staticPath(target)).toEqual(names);
  });

  test.each([
    "",
    "*",
    "http://host/a",
    "//host/a",
    "/a//b",
    "/..",
    "/../etc/passwd",
    "/%2e%2e/etc/passwd",
    "/a/%2E./b",
    "/..%2fetc%2fpasswd",
    "/..\\..\\boot.ini",
    "/a%5c..%5cb",
    "/.env",
    "/.git/config",
    "/a/.htpasswd",
    "/a%00.html",
    "/%",
    "/%ff",
  ])("refuses %j", (target) => {
    expect(staticPath(target)).toBeNull();
  });

  test("never leaves the folder, whatever the target", () => {
    const piece = fc.constantFrom("/", "..", ".", "%2e", "%2f", "%5c", "\\", "a", "%", "?", "#", "\0");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const names = staticPath(`/${pieces.join("")}`);
        if (names !== null) expect(`${join("/srv", "www", ...names)}${sep}`).toMatch(/^\/srv\/www\//);
      }),
    );
  });
});
