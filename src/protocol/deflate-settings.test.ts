import { describe, expect, test } from "vitest";
import { formatDeflateSettings, readDeflateSettings } from "./deflate-settings.ts";
import { parseExtensions } from "./extensions.ts";

const none = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
};

function read(parameters: string): unknown {
  return readDeflateSettings(parseExtensions(`permessage-deflate${parameters}`)[0].parameters);
}

describe("the parameters of permessage-deflate (RFC 7692 §7.1)", () => {
  test.each([
    ["", none],
    ["; server_no_context_takeover", { ...none, serverNoContextTakeover: true }],
    ["; client_no_context_takeover", { ...none, clientNoContextTakeover: true }],
    ["; server_max_window_bits=8", { ...none, serverMaxWindowBits: 8 }],
    ["; server_max_window_bits=15", { ...none, serverMaxWindowBits: 15 }],
    ["; client_max_window_bits", { ...none, clientMaxWindowBits: true }],
    ["; client_max_window_bits=8", { ...none, clientMaxWindowBits: 8 }],
    [
      "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=10",
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 9,
        clientMaxWindowBits: 10,
      },
    ],
  ])("%j is read, and written again", (parameters, settings) => {
    expect(read(parameters)).toEqual(settings);
    expect(formatDeflateSettings(settings as typeof none)).toBe(`permessage-deflate${parameters}`);
  });

  test("a value may be in quotes", () => {
    expect(read('; server_max_window_bits="10"')).toMatchObject({ serverMaxWindowBits: 10 });
  });

  test.each(["x", "Server_no_context_takeover", "__proto__", "constructor", "max_window_bits"])(
    "%s is not defined",
    (parameter) => {
      expect(read(`; ${parameter}`)).toEqual({ parameter, problem: "it is not defined" });
    },
  );

  test.each(["server_no_context_takeover", "client_no_context_takeover", "client_max_window_bits"])(
    "%s may not be repeated",
    (parameter) => {
      expect(read(`; ${parameter}; ${parameter}`)).toEqual({ parameter, problem: "it is repeated" });
    },
  );

  test("server_max_window_bits needs a value", () => {
    const parameter = "server_max_window_bits";
    expect(read(`; ${parameter}`)).toEqual({ parameter, problem: "it needs a value" });
  });

  test.each(["server_no_context_takeover", "client_no_context_takeover"])("%s has no value", (parameter) => {
    expect(read(`; ${parameter}=true`)).toEqual({ parameter, problem: "it may not be true" });
  });

  const badBits = [
    "0",
    "7",
    "08",
    "010",
    "16",
    "1",
    "80",
    "99",
    "-8",
    "+8",
    "8.0",
    "0x8",
    "1e1",
    "x",
    "9223372036854775807",
  ];

  test.each(badBits)(
    "window bits may not be %s [7692-7.1.2.1-1 server] [7692-7.1.2.1-2 client] " +
      "[7692-7.1.2.2-1 server] [7692-7.1.2.2-2 client]",
    (bits) => {
      for (const parameter of ["server_max_window_bits", "client_max_window_bits"]) {
        expect(read(`; ${parameter}=${bits}`)).toEqual({ parameter, problem: `it may not be ${bits}` });
      }
    },
  );
});
