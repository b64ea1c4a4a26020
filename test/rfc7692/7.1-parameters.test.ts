import { describe, expect, test } from "vitest";
import { clientTakes, offerOf, parametersOf, responseTo } from "./negotiation.ts";

/** Values that are no decimal integer from 8 to 15 without leading zeros. */
const notBits = ["7", "16", "08", "015", "0", "-9", "+9", "9.0", "9a", "x", "0x9", "99999999999999999999"];

describe("a server declines an offer", () => {
  test.each([
    "foo",
    "foo=1",
    "server_no_context",
    "__proto__",
    "constructor=8",
    "SERVER_NO_CONTEXT_TAKEOVER",
  ])("[7692-7-1 server] with the undefined parameter %s", async (parameter) => {
    expect(await responseTo(`permessage-deflate; ${parameter}`)).toBeUndefined();
  });

  test.each([
    "server_no_context_takeover=1",
    "client_no_context_takeover=true",
    'server_no_context_takeover="1"',
  ])("[7692-7-2 server] with %s, as the parameter has no value", async (parameter) => {
    expect(await responseTo(`permessage-deflate; ${parameter}`)).toBeUndefined();
  });

  test.each(notBits)(
    "[7692-7-2 server] [7692-7.1.2.1-1 server] with server_max_window_bits=%s",
    async (value) => {
      expect(await responseTo(`permessage-deflate; server_max_window_bits=${value}`)).toBeUndefined();
    },
  );

  test("[7692-7.1.2.1-1 server] with server_max_window_bits without a value", async () => {
    expect(await responseTo("permessage-deflate; server_max_window_bits")).toBeUndefined();
  });

  test.each(notBits)(
    "[7692-7-2 server] [7692-7.1.2.2-1 server] with client_max_window_bits=%s",
    async (value) => {
      expect(await responseTo(`permessage-deflate; client_max_window_bits=${value}`)).toBeUndefined();
    },
  );

  test.each([
    "server_no_context_takeover; server_no_context_takeover",
    "client_no_context_takeover; client_no_context_takeover",
    "server_max_window_bits=10; server_max_window_bits=10",
    "client_max_window_bits; client_max_window_bits=10",
  ])("[7692-7-3 server] with %s", async (parameters) => {
    expect(await responseTo(`permessage-deflate; ${parameters}`)).toBeUndefined();
  });

  test("[7692-7-4 server] of a window that it does not support, or without the limit that it needs", async () => {
    expect(await responseTo("permessage-deflate; server_max_window_bits=8")).toBeUndefined();
    expect(await responseTo("permessage-deflate", { clientMaxWindowBits: 10 })).toBeUndefined();
    const taken = parametersOf(
      await responseTo("permessage-deflate; client_max_window_bits", { clientMaxWindowBits: 10 }),
    );
    expect(taken.get("client_max_window_bits")).toBe("10");
  });

  test("[7692-7-1 server] [7692-7-2 server] [7692-7-3 server] and takes the next one that is in order", async () => {
    const bad = ["foo", "server_max_window_bits=7", "client_max_window_bits; client_max_window_bits"];
    const offers = [
      ...bad.map((each) => `permessage-deflate; ${each}`),
      "permessage-deflate; server_max_window_bits=12",
    ];
    expect(parametersOf(await responseTo(offers.join(", "))).get("server_max_window_bits")).toBe("12");
  });
});

describe("a client fails on a response", () => {
  test.each(["foo", "foo=1", "__proto__", "constructor=8", "CLIENT_NO_CONTEXT_TAKEOVER"])(
    "[7692-7-5 client] with the undefined parameter %s",
    async (parameter) => {
      expect(await clientTakes(`permessage-deflate; ${parameter}`)).toBe(false);
    },
  );

  test.each(["server_no_context_takeover=1", "client_no_context_takeover=true"])(
    "[7692-7-6 client] with %s, as the parameter has no value",
    async (parameter) => {
      expect(await clientTakes(`permessage-deflate; ${parameter}`)).toBe(false);
    },
  );

  test.each(notBits)(
    "[7692-7-6 client] [7692-7.1.2.1-2 client] with server_max_window_bits=%s",
    async (value) => {
      expect(await clientTakes(`permessage-deflate; server_max_window_bits=${value}`)).toBe(false);
    },
  );

  test.each(notBits)(
    "[7692-7-6 client] [7692-7.1.2.2-2 client] with client_max_window_bits=%s",
    async (value) => {
      expect(await clientTakes(`permessage-deflate; client_max_window_bits=${value}`)).toBe(false);
    },
  );

  test("[7692-7.1.2.1-2 client] [7692-7.1.2.2-2 client] with window bits that have no value", async () => {
    expect(await clientTakes("permessage-deflate; server_max_window_bits")).toBe(false);
    expect(await clientTakes("permessage-deflate; client_max_window_bits")).toBe(false);
  });

  test.each([
    "server_no_context_takeover; server_no_context_takeover",
    "server_max_window_bits=10; server_max_window_bits=10",
    "client_max_window_bits=9; client_max_window_bits=10",
  ])("[7692-7-7 client] with %s", async (parameters) => {
    expect(await clientTakes(`permessage-deflate; ${parameters}`)).toBe(false);
  });

  test("[7692-7-8 client] that does not grant what it asked for", async () => {
    expect(await clientTakes("permessage-deflate", { serverMaxWindowBits: 10 })).toBe(false);
    expect(
      await clientTakes("permessage-deflate; server_max_window_bits=11", { serverMaxWindowBits: 10 }),
    ).toBe(false);
    expect(await clientTakes("permessage-deflate", { serverNoContextTakeover: true })).toBe(false);
  });

  test("[7692-7.1.2.2-3 client] with client_max_window_bits where it had not offered that", async () => {
    expect(parametersOf(await offerOf({ clientMaxWindowBits: 15 })).has("client_max_window_bits")).toBe(
      false,
    );
    expect(
      await clientTakes("permessage-deflate; client_max_window_bits=10", { clientMaxWindowBits: 15 }),
    ).toBe(false);
  });
});

describe("a client", () => {
  test.each([
    "",
    "; server_max_window_bits=8",
    "; server_max_window_bits=15",
    "; client_max_window_bits=9",
    "; client_max_window_bits=15",
    "; server_no_context_takeover",
  ])("takes the response permessage-deflate%s", async (parameters) => {
    expect(await clientTakes(`permessage-deflate${parameters}`)).toBe(true);
  });

  test("[7692-7.1.1.2-1 client] takes client_no_context_takeover in a response, though it had not offered it", async () => {
    const options = { clientNoContextTakeover: false };
    expect(parametersOf(await offerOf(options)).has("client_no_context_takeover")).toBe(false);
    expect(await clientTakes("permessage-deflate; client_no_context_takeover", options)).toBe(true);
  });

  test.each([9, 10, 14, 15])(
    "[7692-7.1.2.1-1 client] [7692-7.1.2.2-1 client] offers windows of %i bits in plain decimal, or leaves them out",
    async (bits) => {
      const offer = parametersOf(await offerOf({ serverMaxWindowBits: bits, clientMaxWindowBits: bits }));
      for (const name of ["server_max_window_bits", "client_max_window_bits"])
        expect([undefined, String(bits)]).toContain(offer.get(name));
      if (bits < 15) expect(offer.get("server_max_window_bits")).toBe(String(bits));
    },
  );
});

describe("a server", () => {
  test.each([9, 10, 14, 15])(
    "[7692-7.1.2.1-2 server] [7692-7.1.2.2-2 server] answers windows of %i bits with the same or less",
    async (bits) => {
      const offer = `permessage-deflate; server_max_window_bits=${bits}; client_max_window_bits=${bits}`;
      const agreed = parametersOf(await responseTo(offer));
      expect(agreed.get("server_max_window_bits")).toMatch(/^(?:9|1[0-5])$/);
      expect(Number(agreed.get("server_max_window_bits"))).toBeLessThanOrEqual(bits);
      const client = agreed.get("client_max_window_bits");
      if (client !== undefined) expect(client).toMatch(/^(?:[89]|1[0-5])$/);
      expect(Number(client ?? 0)).toBeLessThanOrEqual(bits);
    },
  );

  test.each([undefined, 8, 9, 12, 15])(
    "[7692-7.1.2.2-3 server] [7692-7.1.3-1 server] sends no client_max_window_bits to a client that did not offer it, whatever its option: %s",
    async (clientMaxWindowBits) => {
      const chosen = await responseTo("permessage-deflate", { clientMaxWindowBits });
      expect(parametersOf(chosen).has("client_max_window_bits")).toBe(false);
    },
  );

  test("accepts server_no_context_takeover by repeating it", async () => {
    const options = { serverNoContextTakeover: false, clientNoContextTakeover: false };
    const chosen = parametersOf(await responseTo("permessage-deflate; server_no_context_takeover", options));
    expect(chosen.get("server_no_context_takeover")).toBe(true);
    expect(parametersOf(await responseTo("permessage-deflate", options)).size).toBe(0);
  });
});
