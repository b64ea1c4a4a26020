/** ws CVE-2021-32640 and the faults of 2017: slow expressions, and names that every object has, in header parsers. */
import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import {
  HttpHeadParser,
  readRequestHead,
  readResponseHead,
  readUpgradeRequest,
} from "../../src/protocol/index.ts";
import { formatHead, requestFields } from "../raw-peer/http-head.ts";
import { Observed } from "../raw-peer/observed.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";
import { answer, RawServer } from "../raw-peer/raw-server.ts";
import { fronts, TestServer } from "../raw-peer/test-server.ts";

const inherited = [
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toString",
  "valueOf",
  "__defineGetter__",
];

describe.each(fronts)("a server by its %s", (front) => {
  test.each(inherited)("takes %s as the name of a header for one like any other", async (name) => {
    await using server = await TestServer.listen(front);
    const { peer, response } = await requestRaw(server.port, { fields: Object.fromEntries([[name, "x"]]) });
    await using _peer = peer;
    expect(response.status).toBe(101);
  });

  test.each(inherited)(
    "does not take %s for an extension, a parameter or a subprotocol that it knows",
    async (name) => {
      await using server = await TestServer.listen(front, {
        perMessageDeflate: true,
        handleProtocols: ["chat"],
      });
      for (const offer of [
        name,
        `${name}; ${name}`,
        `permessage-deflate; ${name}`,
        `permessage-deflate; ${name}=${name}`,
      ]) {
        const fields = { "Sec-WebSocket-Extensions": offer, "Sec-WebSocket-Protocol": name };
        const { peer, response } = await requestRaw(server.port, { fields });
        await using _peer = peer;
        const chosen = [response.field("sec-websocket-extensions"), response.field("sec-websocket-protocol")];
        expect([response.status, ...chosen]).toEqual([101, undefined, undefined]);
      }
    },
  );

  test.each(inherited)("speaks a subprotocol called %s where it is wanted", async (name) => {
    await using server = await TestServer.listen(front, { handleProtocols: [name] });
    const { peer, response } = await requestRaw(server.port, { fields: { "Sec-WebSocket-Protocol": name } });
    await using _peer = peer;
    expect(response.field("sec-websocket-protocol")).toBe(name);
  });
});

test.each(inherited)(
  "a client fails on %s as an extension, a parameter or a subprotocol that it did not offer",
  async (name) => {
    for (const fields of [
      { "Sec-WebSocket-Extensions": name },
      { "Sec-WebSocket-Extensions": `permessage-deflate; ${name}` },
      { "Sec-WebSocket-Protocol": name },
    ]) {
      await using server = await RawServer.listen();
      const engine = new Observed(new WebSocket(server.url(), [], { perMessageDeflate: true }));
      const { peer, request } = await server.acceptRequest();
      answer(peer, request, { fields });
      expect((await engine.closed).code).toBe(1006);
    }
  },
);

/** A megabyte of what makes expressions and splits slow: at quadratic cost it would take hours. */
const size = 1_000_000;
const slow: [what: string, value: string][] = [
  ["spaces", `a${" ".repeat(size)}b`],
  ["tabs before a semicolon", `a${"\t".repeat(size)};b`],
  ["commas", ",".repeat(size)],
  ["commas and spaces", ", ".repeat(size / 2)],
  ["semicolons", `a${";b".repeat(size / 2)}`],
  ["parameters", `a${"; b=c".repeat(size / 5)}`],
  ["open quotes", `a; b="${"\\\\".repeat(size / 2)}`],
  ["quotes", `a; b=${'"'.repeat(size)}`],
  ["equals signs", `a; b${"=".repeat(size)}`],
  ["one long token", "a".repeat(size)],
  ["tokens", "a,".repeat(size / 2)],
];
const slowHeaders = [
  "Sec-WebSocket-Extensions",
  "Sec-WebSocket-Protocol",
  "Connection",
  "Upgrade",
  "Host",
  "Origin",
  "Sec-WebSocket-Key",
  "X-Other",
];

describe.each(slowHeaders)("a megabyte in %s", (header) => {
  test.each(slow)("of %s is read in linear time", { timeout: 10_000 }, (_what, value) => {
    const limits = { headerBytesMax: 4_000_000, headersMax: 100 };
    const text = formatHead("GET / HTTP/1.1", { ...requestFields(80), [header]: value });
    const request = new HttpHeadParser(readRequestHead, limits).receive(Buffer.from(text));
    expect(request?.head.headers.get(header.toLowerCase())).toBe(value.trim());
    try {
      readUpgradeRequest(request!.head);
    } catch (error) {
      expect(error).toMatchObject({ name: "HandshakeError" });
    }
    const response = formatHead("HTTP/1.1 101 Switching Protocols", { [header]: value });
    expect(new HttpHeadParser(readResponseHead, limits).receive(Buffer.from(response))?.head.status).toBe(
      101,
    );
  });
});
