import { describe, expect, test } from "vitest";
import { roles } from "../raw-peer/open-pair.ts";
import { deflate, inflate } from "../raw-peer/deflate.ts";
import { noTakeover, openDeflatePair } from "./deflate-pair.ts";
import { clientTakes, offerOf, parametersOf, responseTo } from "./negotiation.ts";

describe("a client", () => {
  test("[7692-5-1 client] offers permessage-deflate by its name, and only if it is told to", async () => {
    expect(await offerOf(true)).toMatch(/^permessage-deflate(;|$)/);
    expect(await offerOf({})).toMatch(/^permessage-deflate(;|$)/);
    expect(await offerOf(false)).toBeUndefined();
    expect(await offerOf(undefined)).toBeUndefined();
  });

  test("[7692-5-2 client] tells the server a limit to its window, and none where it takes the largest", async () => {
    expect(parametersOf(await offerOf({ serverMaxWindowBits: 10 })).get("server_max_window_bits")).toBe("10");
    expect(parametersOf(await offerOf(true)).has("server_max_window_bits")).toBe(false);
  });

  test.each([
    "permessage-deflate, permessage-deflate",
    "permessage-deflate, permessage-bzip2",
    "permessage-bzip2, permessage-deflate",
  ])("[7692-5-7 client] fails on %s, both of which use RSV1", async (response) => {
    expect(await clientTakes(response)).toBe(false);
  });

  test.each([
    "mux, permessage-deflate",
    "permessage-deflate, mux; max-channels=4",
    "x-framed, permessage-deflate",
  ])("[7692-5-9 client] fails on %s, of which one may need frame boundaries", async (response) => {
    expect(await clientTakes(response)).toBe(false);
  });

  test("[7692-5-11 client] fails on a compression extension that it did not offer", async () => {
    expect(await clientTakes("permessage-deflate", false)).toBe(false);
    expect(await clientTakes("permessage-bzip2")).toBe(false);
    expect(await clientTakes("x-webkit-deflate-frame")).toBe(false);
  });

  test("opens without compression where the server passes over its offer", async () => {
    expect(await clientTakes("permessage-deflate")).toBe(true);
  });
});

describe("a server", () => {
  test("[7692-5-3 server] accepts by the extension's name", async () => {
    expect(await responseTo("permessage-deflate")).toMatch(/^permessage-deflate(;|$)/);
    expect(await responseTo("permessage-bzip2, permessage-deflate; client_max_window_bits")).toMatch(
      /^permessage-deflate(;|$)/,
    );
  });

  test("[7692-5-4 server] accepts no window that its compressor cannot keep to, and takes the next offer instead", async () => {
    expect(await responseTo("permessage-deflate; server_max_window_bits=8")).toBeUndefined();
    const chosen = await responseTo(
      "permessage-deflate; server_max_window_bits=8, permessage-deflate; client_max_window_bits",
    );
    expect(chosen).toMatch(/^permessage-deflate(;|$)/);
    expect(parametersOf(chosen).has("server_max_window_bits")).toBe(false);
  });

  test("[7692-5-5 server] tells by the agreed parameters how it took each request of the offer", async () => {
    const offer =
      "permessage-deflate; server_no_context_takeover; server_max_window_bits=11; client_max_window_bits=12";
    const agreed = parametersOf(
      await responseTo(offer, { serverNoContextTakeover: false, clientNoContextTakeover: false }),
    );
    expect(agreed.get("server_no_context_takeover")).toBe(true);
    expect(Number(agreed.get("server_max_window_bits"))).toBeLessThanOrEqual(11);
    expect(Number(agreed.get("client_max_window_bits") ?? 0)).toBeLessThanOrEqual(12);
  });

  test.each([
    "permessage-deflate, permessage-deflate",
    "permessage-deflate, permessage-bzip2",
    "permessage-bzip2, permessage-deflate",
    "x-framed, permessage-deflate, mux",
  ])(
    "[7692-5-6 server] [7692-5-8 server] accepts of %s one at most, so that nothing shares RSV1 or lies beneath",
    async (offer) => {
      expect(await responseTo(offer)).toMatch(/^permessage-deflate[^,]*$/);
    },
  );

  test.each<[string, boolean]>([
    ["permessage-deflate; unknown", true],
    ["permessage-deflate; server_max_window_bits=99", true],
    ["permessage-bzip2", true],
    ["permessage-deflate", false],
  ])(
    "[7692-5-10 server] names no compression extension where it declines %s (enabled: %s)",
    async (offer, enabled) => {
      expect(await responseTo(offer, enabled)).toBeUndefined();
    },
  );
});

test.each(roles)("[7692-5-12 %s] both ends exchange messages by the agreed parameters", async (role) => {
  await using pair = await openDeflatePair(role, noTakeover);
  expect(pair.engine.connection.extensions).toMatch(
    /^permessage-deflate; server_no_context_takeover; client_no_context_takeover$/,
  );
  const text = "compress me, compress me, compress me";
  for (let i = 0; i < 3; i++) {
    pair.engine.connection.send(text);
    const frame = await pair.peer.readFrame();
    expect(frame.rsv).toBe(4);
    expect(inflate(frame.payload).toString()).toBe(text);
    pair.peer.send({ opcode: 1, rsv: 4, payload: deflate(text) });
    expect(await pair.engine.nextMessage()).toBe(text);
  }
});
