import { describe, expect, test } from "vitest";
import type { DeflateParameters, PerMessageDeflateOptions, Role } from "../protocol/index.ts";
import { DeflateCodecs } from "./deflate-codecs.ts";
import { SmallFirstDeflater } from "./small-codec.ts";
import { ZlibDeflater } from "./zlib-codec.ts";

const none: DeflateParameters = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

const whole = { windowBits: 15, takesOverContext: false };

const text = Buffer.from("compressible, compressible, compressible");

describe("codecs of a server's connections", () => {
  test("are shared where they keep no window", () => {
    const codecs = new DeflateCodecs("server", {});
    expect(codecs.deflaterFor(none)).toBe(codecs.deflaterFor({ ...none }));
    expect(codecs.inflaterFor(none)).toBe(codecs.inflaterFor({ ...none }));
  });

  test("are apart for different windows", () => {
    const codecs = new DeflateCodecs("server", {});
    const small = { ...none, serverMaxWindowBits: 9, clientMaxWindowBits: 9 };
    expect(codecs.deflaterFor(none)).not.toBe(codecs.deflaterFor(small));
    expect(codecs.inflaterFor(none)).not.toBe(codecs.inflaterFor(small));
  });

  test("are each connection's own where they take over context", () => {
    const codecs = new DeflateCodecs("server", {});
    const taking = { ...none, serverNoContextTakeover: false, clientNoContextTakeover: false };
    expect(codecs.deflaterFor(taking)).not.toBe(codecs.deflaterFor(taking));
    expect(codecs.inflaterFor(taking)).not.toBe(codecs.inflaterFor(taking));
  });

  test("deflate from the threshold on, 1024 bytes by default", () => {
    const deflater = new DeflateCodecs("server", {}).deflaterFor(none);
    expect(deflater.deflate(Buffer.alloc(1023))).toBeUndefined();
    expect(deflater.deflate(Buffer.alloc(1024))).toBeDefined();
    expect(new DeflateCodecs("server", { threshold: 0 }).deflaterFor(none).deflate(text)).toBeDefined();
  });

  test("deflate small messages in JavaScript, unless a level is asked for", () => {
    const options = { ...whole, threshold: 0, level: -1, memLevel: 8 };
    const deflated = (given: PerMessageDeflateOptions) =>
      new DeflateCodecs("server", { threshold: 0, ...given }).deflaterFor(none).deflate(text);
    expect(deflated({})).toEqual(new SmallFirstDeflater(options).deflate(text));
    expect(deflated({ level: 9 })).toEqual(new ZlibDeflater({ ...options, level: 9 }).deflate(text));
  });

  test("deflate as hard as they are told", () => {
    const stored = new DeflateCodecs("server", { threshold: 0, level: 0, memLevel: 1 }).deflaterFor(none);
    expect(stored.deflate(text)?.length).toBeGreaterThan(text.length);
  });
});

test.each([
  ["server", "client", { serverNoContextTakeover: false }],
  ["client", "server", { clientNoContextTakeover: false }],
] satisfies [Role, Role, Partial<DeflateParameters>][])(
  "what a %s deflates, a %s inflates",
  (from, to, taking) => {
    const parameters = { ...none, ...taking };
    const deflater = new DeflateCodecs(from, { threshold: 0 }).deflaterFor(parameters);
    const inflater = new DeflateCodecs(to, {}).inflaterFor(parameters);
    const sizes = [1, 2].map(() => {
      const data = deflater.deflate(text) as Uint8Array;
      expect(inflater.inflate(data, 1000)).toEqual(text);
      return data.length;
    });
    expect(sizes[1]).toBeLessThan(sizes[0] as number);
  },
);
