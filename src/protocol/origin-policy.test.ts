import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HandshakeError } from "./errors.ts";
import { createOriginPolicy, type Origins } from "./origin-policy.ts";

interface Connection {
  host?: string;
  encrypted?: boolean;
}

function refusal(origins: unknown, origin: string | undefined, connection: Connection = {}) {
  const policy = createOriginPolicy(origins as Origins<string> | undefined);
  const { host = "app.example", encrypted = false } = connection;
  return policy({ origin, host, encrypted }, "the request");
}

function isAllowed(origins: unknown, origin: string | undefined, connection: Connection = {}): boolean {
  return refusal(origins, origin, connection) === undefined;
}

/** None of these is an origin; a browser sends only the first. */
const oddOrigins = [
  "null",
  "",
  "app.example",
  "//app.example",
  "http:app.example",
  "http:///app.example",
  "http://app.example/",
  "http://app.example.",
  "http://app.example#",
  "http://app.example?",
  "http://app.example\\",
  "http://app.example ",
  " http://app.example",
  "http://app.example:80:80",
  "http://app.example:",
  "http://app.example@evil.example",
  "http://evil.example@app.example",
  "http://app.example, http://app.example",
  "http://app.example http://evil.example",
  "ws://app.example",
  "file://app.example",
];

/** Origins that are not `http://app.example`, though they look like it. */
const otherOrigins = [
  "http://evil.example",
  "http://evil-app.example",
  "http://app.example.evil",
  "http://sub.app.example",
  "http://example",
  "http://app.example:8080",
  "http://app.example:443",
  "https://app.example:80",
  "http://appxexample",
  "http://[::1]",
  "http://127.0.0.1",
];

describe("by default the same origin may connect (RFC 6455 §10.2)", () => {
  test.each([
    ["http://app.example", "app.example"],
    ["http://app.example", "app.example:80"],
    ["http://app.example:80", "app.example"],
    ["http://APP.example", "app.EXAMPLE"],
    ["http://app.example:8080", "app.example:8080"],
    ["https://app.example", "app.example"],
    ["https://app.example", "app.example:443"],
    ["https://app.example:8443", "app.example:8443"],
    ["http://localhost:3000", "localhost:3000"],
    ["http://127.0.0.1:3000", "127.0.0.1:3000"],
    ["http://[::1]:3000", "[::1]:3000"],
    ["http://[::1]", "[0:0:0:0:0:0:0:1]"],
  ])("unencrypted, from %s to the host %s", (origin, host) => {
    expect(isAllowed(undefined, origin, { host })).toBe(true);
  });

  test.each([
    ["https://app.example", "app.example", true],
    ["https://app.example", "app.example:443", true],
    ["https://app.example:8443", "app.example:8443", true],
    ["http://app.example", "app.example", false],
    ["http://app.example:443", "app.example", false],
    ["https://app.example", "app.example:80", false],
    ["https://app.example:80", "app.example", false],
  ])("encrypted, from %s to the host %s: %j", (origin, host, expected) => {
    expect(isAllowed(undefined, origin, { host, encrypted: true })).toBe(expected);
  });

  test.each([...otherOrigins, ...oddOrigins])("%j may not [6455-4.2.2-4 server]", (origin) => {
    expect(refusal(undefined, origin)).toMatchObject({ code: "WS_HANDSHAKE_ORIGIN", status: 403 });
    expect(isAllowed(undefined, origin, { encrypted: true })).toBe(false);
  });

  test.each(["", "//app.example", "evil.example@app.example", "app.example/", "null"])(
    "to the host %j no page may",
    (host) => {
      for (const origin of ["http://app.example", "https://app.example", "null", ""]) {
        expect(isAllowed(undefined, origin, { host })).toBe(false);
      }
    },
  );

  test("localhost and 127.0.0.1 are two hosts", () => {
    expect(isAllowed(undefined, "http://localhost:8080", { host: "127.0.0.1:8080" })).toBe(false);
  });
});

test("without an Origin every policy lets a request through", () => {
  for (const origins of [undefined, "*", [], ["https://other.example"], () => false]) {
    expect(isAllowed(origins, undefined)).toBe(true);
  }
});

describe("a list of origins", () => {
  const list = [
    "https://App.example:443",
    "http://localhost:3000",
    "chrome-extension://abc",
    "http://[::2]",
    "http://ws:80",
  ];

  test.each([
    "https://app.example",
    "https://app.example:443",
    "HTTPS://APP.EXAMPLE",
    "http://localhost:3000",
    "chrome-extension://abc",
    "http://[0::2]:80",
    "http://ws",
  ])("%s is in it", (origin) => {
    expect(isAllowed(list, origin)).toBe(true);
  });

  test.each([
    ...otherOrigins,
    ...oddOrigins,
    "http://app.example",
    "http://localhost",
    "https://localhost:3000",
    "chrome-extension://abcd",
    "https://app.example:444",
  ])("%j is not", (origin) => {
    expect(isAllowed(list, origin)).toBe(false);
  });

  test("stands in place of the same origin", () => {
    expect(isAllowed(["https://other.example"], "http://app.example")).toBe(false);
    expect(isAllowed([], "http://app.example")).toBe(false);
  });

  test("changed later does not change the policy", () => {
    const origins = ["https://a.example"];
    const policy = createOriginPolicy(origins);
    origins[0] = "https://evil.example";
    expect(policy({ origin: "https://evil.example", host: "a", encrypted: false }, undefined)).toBeDefined();
  });

  test.each([
    "null",
    "",
    "*",
    "https://a.example/",
    "https://a.example/path",
    "a.example",
    "wss://a.example",
  ])("may not have %j in it", (entry) => {
    expect(() => createOriginPolicy(["https://ok.example", entry])).toThrow(
      new TypeError(
        `origins[1] is ${JSON.stringify(entry)}. Allowed are "*", a function, or a list of origins such as ` +
          `"https://app.example" or "http://localhost:3000": scheme, host and port, with no path and no slash at the end`,
      ),
    );
  });

  test.each([["https://a.example"], [null], [true], [{}], [1]])("is a list, and %j is none", (origins) => {
    expect(() => createOriginPolicy(origins as never)).toThrow(TypeError);
  });

  test("has texts in it", () => {
    expect(() => createOriginPolicy([1 as never])).toThrow("origins[0] is 1.");
  });
});

describe("a function as origins", () => {
  test("gets the Origin as it came, and the request", () => {
    const seen: string[] = [];
    isAllowed((origin: string, request: string) => seen.push(origin, request) > 0, "Any thing");
    expect(seen).toEqual(["Any thing", "the request"]);
  });

  test.each([
    [true, true],
    [false, false],
    [1, false],
    ["yes", false],
    [Promise.resolve(true), false],
    [undefined, false],
  ])("returning %j lets a request through: %j", (returned, expected) => {
    expect(isAllowed(() => returned, "null")).toBe(expected);
  });

  test("returning a promise is a mistake in the option, which is the refusal's cause", async () => {
    const error = refusal(() => Promise.reject(new Error("no")), "null");
    const mistake =
      "The function given as origins returned a Promise; it must be synchronous, use verifyClient";
    expect(error?.message).toContain(mistake);
    expect(error?.cause).toEqual(expect.objectContaining({ name: "TypeError" }));
    expect(refusal(() => false, "null")?.cause).toBeUndefined();
  });

  test("is named in the refusal", () => {
    expect(refusal(() => false, "null")?.message).toContain(
      "The function given as origins did not return true",
    );
  });
});

test('"*" lets every page through', () => {
  for (const origin of [...otherOrigins, ...oddOrigins]) expect(isAllowed("*", origin)).toBe(true);
});

describe("a refusal says what to do", () => {
  test("by default, with the line that allows the origin", () => {
    expect(refusal(undefined, "https://a.example", { host: "b.example:81" })?.message).toBe(
      'The Origin "https://a.example" may not connect to the Host "b.example:81". ' +
        'To allow it, list it beside your own: origins: ["https://a.example"] (RFC 6455 §10.2)',
    );
  });

  test("with a list", () => {
    expect(refusal([], "https://a.example")?.message).toContain(
      'To allow it, list it: origins: ["https://a.example"]',
    );
  });

  test.each(["null", "//a", "https://a.example/"])("for %j, which no list can hold", (origin) => {
    expect(refusal([], origin)?.message).toContain('Only origins: "*" or a function as origins can allow it');
  });

  test("in a bounded text", () => {
    expect(refusal(undefined, `https://${"a".repeat(10_000)}`)?.message.length).toBeLessThan(1700);
  });
});

test("any Origin and Host at all give a verdict", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom(...oddOrigins, ...otherOrigins), fc.webUrl());
  const property = fc.property(text, text, fc.boolean(), (origin, host, encrypted) => {
    for (const origins of [undefined, ["https://a.example"]]) {
      const error = refusal(origins, origin, { host, encrypted });
      expect(error === undefined || error instanceof HandshakeError).toBe(true);
    }
  });
  fc.assert(property, { numRuns: 10_000 });
});

test("no text before or after an origin makes another one of it", () => {
  const property = fc.property(fc.string(), fc.string({ minLength: 1 }), (before, after) => {
    const own = "http://app.example";
    const isOwn = (text: string) =>
      ["http://app.example", "https://app.example"].includes(text.toLowerCase());
    for (const origin of [`${own}${after}`, `${before}${own}`, `http://${before}app.example${after}`]) {
      if (isOwn(origin) || /^http:\/\/app\.example:0*80$/i.test(origin)) continue;
      expect(isAllowed(undefined, origin)).toBe(false);
    }
  });
  fc.assert(property, { numRuns: 10_000 });
});
