import fc from "fast-check";
import { expect, test } from "vitest";
import { readUpgradeResponse, writeUpgradeRequest } from "./client-handshake.ts";
import type { PerMessageDeflateOptions } from "./deflate-options.ts";
import { makeHandshakeKey } from "./handshake-key.ts";
import { readRequestHead, readResponseHead } from "./http-head.ts";
import { HttpHeadParser } from "./http-head-parser.ts";
import { createOriginPolicy } from "./origin-policy.ts";
import { acceptDeflateOffer, deflateOffer } from "./permessage-deflate.ts";
import { readUpgradeRequest, writeUpgradeResponse } from "./server-handshake.ts";
import { selectSubprotocol } from "./subprotocols.ts";

interface Wishes {
  protocols: string[];
  deflate: PerMessageDeflateOptions | undefined;
  nonce: Uint8Array;
  target: string;
}

interface Abilities {
  protocols: string[];
  deflate: PerMessageDeflateOptions | undefined;
}

const firstFrames = Uint8Array.of(0x81, 0x00, 0x0d, 0x0a);

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** No hash, but as different for different keys. */
function sha1Base64(text: string): string {
  return Array.from(text).toReversed().join("");
}

/** Carries `text` and `firstFrames` over in chunks of `chunkBytes`. */
function carry<Head>(text: string, read: (text: string) => Head | undefined, chunkBytes: number): Head {
  const bytes = Uint8Array.from([
    ...Array.from(text, (character) => character.charCodeAt(0)),
    ...firstFrames,
  ]);
  const parser = new HttpHeadParser(read, { headerBytesMax: 4096, headersMax: 20 });
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const received = parser.receive(bytes.subarray(start, start + chunkBytes));
    if (received === undefined) continue;
    expect([...received.rest, ...bytes.subarray(start + chunkBytes)]).toEqual([...firstFrames]);
    return received.head;
  }
  throw new Error("The head is not whole");
}

function serve(requestText: string, abilities: Abilities, chunkBytes: number) {
  const offer = readUpgradeRequest(carry(requestText, readRequestHead, chunkBytes));
  const refusal = createOriginPolicy()({ ...offer, encrypted: false }, undefined);
  if (refusal !== undefined) throw refusal;
  const { deflate } = abilities;
  const accepted = deflate === undefined ? undefined : acceptDeflateOffer(offer.extensions, deflate);
  const protocol = selectSubprotocol(offer.protocols, abilities.protocols);
  const response = writeUpgradeResponse(
    { key: offer.key, protocol, extensions: accepted?.response },
    sha1Base64,
  );
  return { offer, accepted, protocol, response };
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9.!]{1,8}$/), { maxLength: 4 });
const bits = fc.integer({ min: 9, max: 15 });
const deflate = fc.option(
  fc.record(
    {
      serverNoContextTakeover: fc.boolean(),
      clientNoContextTakeover: fc.boolean(),
      serverMaxWindowBits: bits,
      clientMaxWindowBits: bits,
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);
const wishes: fc.Arbitrary<Wishes> = fc.record({
  protocols: names,
  deflate,
  nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  target: fc.webPath().map((path) => `/${path}`.replaceAll("//", "/")),
});
const chunkBytes = fc.constantFrom(1, 7, 64, 4096);

test("a client's request and a server's response make both agree", () => {
  const property = fc.property(
    wishes,
    fc.record({ protocols: names, deflate }),
    chunkBytes,
    (client, able, size) => {
      const key = makeHandshakeKey(client.nonce, base64);
      const request = writeUpgradeRequest({
        host: "app.example",
        target: client.target,
        key,
        protocols: client.protocols,
        extensions: client.deflate && deflateOffer(client.deflate),
        origin: "http://app.example",
      });
      const server = serve(request, { ...able, protocols: [...able.protocols, ...client.protocols] }, size);
      expect(server.offer).toMatchObject({ target: client.target, key, protocols: client.protocols });
      const head = carry(server.response, readResponseHead, size);
      expect(
        readUpgradeResponse(head, { key, protocols: client.protocols, deflate: client.deflate }, sha1Base64),
      ).toEqual({
        protocol: server.protocol ?? "",
        extensions: server.accepted?.response ?? "",
        deflate: server.accepted?.parameters,
      });
    },
  );
  fc.assert(property, { numRuns: 10_000 });
});

test("a response to another key opens nothing", () => {
  const [key, otherKey] = [1, 2].map((byte) => makeHandshakeKey(new Uint8Array(16).fill(byte), base64)) as [
    string,
    string,
  ];
  const response = writeUpgradeResponse({ key: otherKey }, sha1Base64);
  const head = carry(response, readResponseHead, 100);
  expect(() => readUpgradeResponse(head, { key, protocols: [], deflate: undefined }, sha1Base64)).toThrow(
    expect.objectContaining({ code: "WS_HANDSHAKE_ACCEPT" }),
  );
});
