import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDeflateOptions, type PerMessageDeflateOptions } from "./deflate-options.ts";
import { HandshakeError } from "./errors.ts";
import { parseExtensions } from "./extensions.ts";
import { acceptDeflateOffer, deflateOffer, readDeflateResponse } from "./permessage-deflate.ts";

const both = "server_no_context_takeover; client_no_context_takeover";
const defaults = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const takeover: PerMessageDeflateOptions = { serverNoContextTakeover: false, clientNoContextTakeover: false };
const kept = { ...defaults, ...takeover };

function accept(offers: string, options: PerMessageDeflateOptions = {}) {
  return acceptDeflateOffer(parseExtensions(offers), options);
}

function readResponse(response: string, options: PerMessageDeflateOptions = {}) {
  return readDeflateResponse(parseExtensions(response)[0], options);
}

describe("a server accepts an offer (RFC 7692 §5, §7.1)", () => {
  test.each(["permessage-deflate", "permessage-deflate; client_max_window_bits"])(
    "of %s, by default without context takeover in both directions",
    (offer) => {
      expect(accept(offer)).toEqual({ response: `permessage-deflate; ${both}`, parameters: defaults });
    },
  );

  test("with context takeover if its options say so", () => {
    expect(accept("permessage-deflate", takeover)).toEqual({
      response: "permessage-deflate",
      parameters: kept,
    });
  });

  test.each([
    ["server_no_context_takeover", { serverNoContextTakeover: true }],
    ["client_no_context_takeover", { clientNoContextTakeover: true }],
    ["server_max_window_bits=9", { serverMaxWindowBits: 9 }],
    ["server_max_window_bits=15", {}],
    ["client_max_window_bits=8", { clientMaxWindowBits: 8 }],
  ])("with %s as the client asks, by repeating it", (parameter, expected) => {
    const accepted = accept(`permessage-deflate; ${parameter}`, takeover);
    expect(accepted?.response).toBe(`permessage-deflate; ${parameter}`);
    expect(accepted?.parameters).toEqual({ ...kept, ...expected });
  });

  test.each([
    ["server_max_window_bits=12", { serverMaxWindowBits: 10 }, "server_max_window_bits=10"],
    ["server_max_window_bits=10", { serverMaxWindowBits: 12 }, "server_max_window_bits=10"],
    ["client_max_window_bits=12", { clientMaxWindowBits: 10 }, "client_max_window_bits=10"],
    ["client_max_window_bits=10", { clientMaxWindowBits: 12 }, "client_max_window_bits=10"],
    ["client_max_window_bits", { clientMaxWindowBits: 8 }, "client_max_window_bits=8"],
  ])("of %s with the options %j by the lesser", (parameter, options, response) => {
    const accepted = accept(`permessage-deflate; ${parameter}`, { ...takeover, ...options });
    expect(accepted?.response).toBe(`permessage-deflate; ${response}`);
    expect(parseExtensions(accepted?.response ?? "")[0].parameters).toHaveLength(1);
  });

  test("and may limit its own window unasked (§7.1.2.1)", () => {
    expect(accept("permessage-deflate", { ...takeover, serverMaxWindowBits: 11 })).toEqual({
      response: "permessage-deflate; server_max_window_bits=11",
      parameters: { ...kept, serverMaxWindowBits: 11 },
    });
  });

  test("and never limits a client that does not offer it [7692-7.1.2.2-3 server]", () => {
    for (const offer of ["permessage-deflate", "permessage-deflate; server_max_window_bits=9"]) {
      expect(accept(offer)?.response).not.toContain("client_max_window_bits");
      expect(accept(offer, { clientMaxWindowBits: 10 })).toBeUndefined();
      expect(accept(offer, { clientMaxWindowBits: 15 })?.response).not.toContain("client_max_window_bits");
    }
  });

  test("the first that it can take, and no other extension [7692-5-6 server] [7692-5-8 server]", () => {
    const offers =
      "x-mux, permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=12, permessage-deflate";
    expect(accept(offers)?.parameters.serverMaxWindowBits).toBe(12);
    expect(accept(offers)?.response).toBe(`permessage-deflate; ${both}; server_max_window_bits=12`);
  });
});

describe("a server declines an offer (RFC 7692 §7)", () => {
  test.each([
    ["unknown parameters [7692-7-1 server]", "permessage-deflate; x"],
    ["a value that is not allowed [7692-7-2 server]", "permessage-deflate; server_max_window_bits=16"],
    ["a value where none may be [7692-7-2 server]", "permessage-deflate; server_no_context_takeover=1"],
    [
      "repeated parameters [7692-7-3 server]",
      "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
    ],
    ["a window that zlib does not keep to [7692-7-4 server]", "permessage-deflate; server_max_window_bits=8"],
    ["another name", "Permessage-deflate"],
    ["only other extensions [7692-5-10 server]", "x-webkit-deflate-frame, __proto__"],
  ])("with %s", (_, offer) => {
    expect(accept(offer)).toBeUndefined();
    expect(accept(`${offer}, permessage-deflate`)?.parameters).toEqual(defaults);
  });

  test("where there is none", () => {
    expect(acceptDeflateOffer([], {})).toBeUndefined();
  });
});

describe("a client offers (RFC 7692 §7.1)", () => {
  test.each<[string, PerMessageDeflateOptions]>([
    [`${both}; client_max_window_bits`, {}],
    ["client_max_window_bits", takeover],
    [
      `${both}; server_max_window_bits=8; client_max_window_bits=9`,
      { serverMaxWindowBits: 8, clientMaxWindowBits: 9 },
    ],
    [both, { serverMaxWindowBits: 15, clientMaxWindowBits: 15 }],
  ])("%s for the options %j", (parameters, options) => {
    expect(deflateOffer(options)).toBe(`permessage-deflate; ${parameters}`);
  });
});

describe("a client takes a response (RFC 7692 §7.1)", () => {
  test.each([
    [`permessage-deflate; ${both}`, {}, defaults],
    [`permessage-deflate; ${both}; client_max_window_bits=8`, {}, { ...defaults, clientMaxWindowBits: 8 }],
    [
      `permessage-deflate; ${both}; client_max_window_bits=9`,
      { clientMaxWindowBits: 10 },
      { ...defaults, clientMaxWindowBits: 9 },
    ],
    [
      `permessage-deflate; ${both}; client_max_window_bits=12`,
      { clientMaxWindowBits: 10 },
      { ...defaults, clientMaxWindowBits: 10 },
    ],
    [`permessage-deflate; ${both}`, { clientMaxWindowBits: 10 }, { ...defaults, clientMaxWindowBits: 10 }],
    [`permessage-deflate; ${both}; server_max_window_bits=9`, {}, { ...defaults, serverMaxWindowBits: 9 }],
    [
      `permessage-deflate; ${both}; server_max_window_bits=9`,
      { serverMaxWindowBits: 9 },
      { ...defaults, serverMaxWindowBits: 9 },
    ],
    ["permessage-deflate", takeover, kept],
  ])("%s", (response, options, expected) => {
    expect(readResponse(response, options)).toEqual(expected);
  });

  test("that asks for client_no_context_takeover unasked [7692-7.1.1.2-1 client]", () => {
    const parameters = readResponse("permessage-deflate; client_no_context_takeover", takeover);
    expect(parameters).toEqual({ ...kept, clientNoContextTakeover: true });
  });

  test("that passes over its default wishes, and keeps to its own side of them", () => {
    expect(readResponse("permessage-deflate")).toEqual({ ...defaults, serverNoContextTakeover: false });
  });
});

describe("a client fails on a response (RFC 7692 §7)", () => {
  test.each<[string, string, PerMessageDeflateOptions]>([
    ["unknown parameters [7692-7-5 client]", "x", {}],
    ["a value that is not allowed [7692-7-6 client]", "server_max_window_bits=7", {}],
    ["no value for client_max_window_bits [7692-7-6 client]", "client_max_window_bits", {}],
    ["repeated parameters [7692-7-7 client]", "server_no_context_takeover; server_no_context_takeover", {}],
    [
      "client_max_window_bits unasked [7692-7.1.2.2-3 client]",
      "client_max_window_bits=15",
      { clientMaxWindowBits: 15 },
    ],
    [
      "more server_max_window_bits than asked [7692-7-8 client]",
      "server_max_window_bits=11",
      { serverMaxWindowBits: 10 },
    ],
    ["no server_max_window_bits though asked [7692-7-8 client]", both, { serverMaxWindowBits: 10 }],
    [
      "server context takeover though asked not to",
      "client_no_context_takeover",
      { serverNoContextTakeover: true },
    ],
  ])("with %s", (_, parameters, options) => {
    expect(() => readResponse(`permessage-deflate; ${parameters}`, options)).toThrow(
      expect.objectContaining({
        name: "HandshakeError",
        code: "WS_HANDSHAKE_DEFLATE",
        clause: "RFC 7692 §7",
      }),
    );
  });

  test("naming the parameter and what is wrong", () => {
    expect(() => readResponse("permessage-deflate; server_max_window_bits=16")).toThrow(
      "The server accepted permessage-deflate with server_max_window_bits: it may not be 16 (RFC 7692 §7)",
    );
  });
});

function optionsOf(role: "client" | "server"): fc.Arbitrary<PerMessageDeflateOptions> {
  const own = fc.integer({ min: 9, max: 15 });
  const asked = fc.integer({ min: 8, max: 15 });
  const values = {
    serverNoContextTakeover: fc.boolean(),
    clientNoContextTakeover: fc.boolean(),
    serverMaxWindowBits: role === "server" ? own : asked,
    clientMaxWindowBits: role === "client" ? own : asked,
  };
  return fc.record(values, { requiredKeys: [] });
}

describe("properties", () => {
  test("a client takes what a server makes of its offer, and both keep to the same [7692-5-12 client] [7692-5-12 server]", () => {
    const property = fc.property(optionsOf("client"), optionsOf("server"), (client, server) => {
      checkDeflateOptions(client, "client");
      checkDeflateOptions(server, "server");
      const accepted = accept(deflateOffer(client), server);
      if (accepted === undefined) return;
      expect(readResponse(accepted.response, client)).toEqual(accepted.parameters);
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  const parameter = fc.constantFrom(
    "server_no_context_takeover",
    "client_no_context_takeover",
    "server_no_context_takeover=1",
    "x=y",
    "server_max_window_bits",
    "server_max_window_bits=8",
    "server_max_window_bits=15",
    "__proto__",
    "client_max_window_bits",
    "client_max_window_bits=9",
    "client_max_window_bits=99",
    'server_max_window_bits="9"',
  );
  const header = fc
    .array(fc.array(parameter, { maxLength: 4 }), { minLength: 1, maxLength: 4 })
    .map((offers) => offers.map((parameters) => ["permessage-deflate", ...parameters].join("; ")).join(", "));

  test("any offer is taken or declined, and what is agreed is in range", () => {
    const property = fc.property(header, optionsOf("server"), (offers, options) => {
      const accepted = accept(offers, options);
      if (accepted === undefined) return;
      expect(accepted.parameters.serverMaxWindowBits).toBeOneOf([9, 10, 11, 12, 13, 14, 15]);
      expect(accepted.parameters.clientMaxWindowBits).toBeOneOf([8, 9, 10, 11, 12, 13, 14, 15]);
      expect(parseExtensions(accepted.response)).toHaveLength(1);
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  test("any response gives parameters in range or a HandshakeError", () => {
    const property = fc.property(header, optionsOf("client"), (response, options) => {
      try {
        const parameters = readResponse(response, options);
        expect(parameters.serverMaxWindowBits).toBeOneOf([8, 9, 10, 11, 12, 13, 14, 15]);
        expect(parameters.clientMaxWindowBits).toBeLessThanOrEqual(options.clientMaxWindowBits ?? 15);
      } catch (error) {
        expect(error).toBeInstanceOf(HandshakeError);
      }
    });
    fc.assert(property, { numRuns: 10_000 });
  });
});
