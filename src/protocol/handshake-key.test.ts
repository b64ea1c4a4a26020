import { describe, expect, test } from "vitest";
import { acceptFor, isHandshakeKey, makeHandshakeKey } from "./handshake-key.ts";

describe("the key (RFC 6455 §4.1)", () => {
  test.each(["dGhlIHNhbXBsZSBub25jZQ==", "AQIDBAUGBwgJCgsMDQ4PEC==", "++++++++++//////////++=="])(
    "%s is one",
    (key) => {
      expect(isHandshakeKey(key)).toBe(true);
    },
  );

  test.each([
    "",
    "dGhlIHNhbXBsZSBub25jZQ",
    "dGhlIHNhbXBsZSBub25jZQ=",
    "dGhlIHNhbXBsZSBub25jZQ==\n",
    " dGhlIHNhbXBsZSBub25jZQ==",
    "dGhlIHNhbXBsZSBub25jZ-==",
    "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
    "dGhlIHNhbXBsZSBub25jZTE=",
    "dGhlIHNhbXBsZSBub25j",
  ])("%j is none", (key) => {
    expect(isHandshakeKey(key)).toBe(false);
  });

  test("is made of 16 bytes", () => {
    const nonce = Uint8Array.from({ length: 16 }, (_, i) => i);
    const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
    expect(makeHandshakeKey(nonce, base64)).toBe("AAECAwQFBgcICQoLDA0ODw==");
    expect(isHandshakeKey(makeHandshakeKey(nonce, base64))).toBe(true);
  });

  test.each([0, 15, 17])("is not made of %i", (length) => {
    expect(() => makeHandshakeKey(new Uint8Array(length), () => "")).toThrow(
      new RangeError(`The nonce has ${length} bytes, 16 are needed`),
    );
  });
});

test("the accept value is the hash of the key with the GUID after it", () => {
  const accept = acceptFor("dGhlIHNhbXBsZSBub25jZQ==", (text) => `hash of ${text}`);
  expect(accept).toBe("hash of dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
});
