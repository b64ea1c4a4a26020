import { describe, expect, test } from "vitest";
import { explainFailure } from "./connect-failure.ts";

const url = new URL("wss://app.example/live");

function withCode(code: string, cause?: unknown): Error {
  return Object.assign(new Error(`from Node: ${code}`, { cause }), { code });
}

function refusal(status: number): Error {
  return Object.assign(new Error("from the engine"), {
    name: "HandshakeError",
    code: "WS_HANDSHAKE_STATUS",
    status,
  });
}

describe("explainFailure", () => {
  test.each([
    ["ECONNREFUSED", "nothing listens there"],
    ["ENOTFOUND", "there is no host named app.example"],
    ["EAI_AGAIN", "there is no host named app.example"],
    ["ETIMEDOUT", "--timeout"],
    ["WS_HANDSHAKE_TIMEOUT", "--timeout"],
    ["EHOSTUNREACH", "no way there"],
    ["ECONNRESET", "during the handshake"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "try ws: instead of wss:"],
    [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT); give the right one with --ca",
    ],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "for another name"],
    ["CERT_HAS_EXPIRED", "has expired"],
  ])("says what %s means", (code, words) => {
    expect(explainFailure(withCode(code), url)).toContain(words);
  });

  test("looks through the engine's error at what caused it", () => {
    const error = withCode("WS_CONNECT_FAILED", withCode("ECONNREFUSED"));
    expect(explainFailure(error, url)).toContain("nothing listens there");
  });

  test.each([
    [200, "a web page is here, no WebSocket"],
    [301, "redirects are not followed"],
    [401, "--header"],
    [403, "--origin"],
    [404, "nothing at this path"],
    [503, "takes no connections just now"],
    [418, "the server answered with status 418"],
  ])("says what the HTTP status %i means", (status, words) => {
    expect(explainFailure(refusal(status), url)).toContain(words);
  });

  test("falls back on the error's own words, made safe to show", () => {
    const error = Object.assign(new Error("bad \x1b[2J header\nname"), {
      name: "HandshakeError",
      code: "WS_HANDSHAKE_KEY",
    });
    expect(explainFailure(error, url)).toBe("bad \\x1b[2J header\\nname");
  });

  test.each([undefined, null, "", {}, new Error("")])("has words for %j", (error) => {
    expect(explainFailure(error, url)).toBe("the connection failed");
  });

  test("ends on causes that go in a circle", () => {
    const error = new Error("round");
    error.cause = error;
    expect(explainFailure(error, url)).toBe("round");
  });

  test("takes no name of Object.prototype for a code", () => {
    expect(explainFailure(withCode("constructor"), url)).toBe("from Node: constructor");
  });
});
