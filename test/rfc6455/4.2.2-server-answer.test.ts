import { connect as connectTls } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import type { WebSocketServerOptions } from "../../src/websocket/index.ts";
import { type Certificate, makeCertificate } from "../raw-peer/certificate.ts";
import type { Fields, HttpHead } from "../raw-peer/http-head.ts";
import { connectRaw, formatRequest, requestRaw } from "../raw-peer/raw-client.ts";
import { RawPeer } from "../raw-peer/raw-peer.ts";
import { type Front, fronts, TestServer } from "../raw-peer/test-server.ts";
import { Wiretap } from "../raw-peer/wiretap.ts";

interface Case {
  front: Front;
  options?: WebSocketServerOptions;
  fields?: Fields;
  startLine?: string;
}

/** The response to a request, and how many connections the server opened for it. */
async function respond({ front, options = {}, ...request }: Case): Promise<HttpHead & { opened: number }> {
  await using server = await TestServer.listen(front, options);
  const { peer, response } = await requestRaw(server.port, request);
  await using _peer = peer;
  if (response.status !== 101) {
    peer.end();
    await peer.ended;
  }
  return { ...response, opened: server.connections.length };
}

let certificate: Certificate;
beforeAll(async () => {
  certificate = await makeCertificate();
});

describe.each(fronts)("a server by its %s", (front) => {
  test("[6455-4.2.2-1 server] [6455-4.2.2-11 server] [6455-4.2.2-12 server] [6455-4.2.2-13 server] [6455-4.2.2-14 server] [6455-4.2.2-15 server] accepts with 101 and the fields of the RFC's example", async () => {
    const fields = { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const response = await respond({ front, fields });
    expect(response.startLine).toMatch(/^HTTP\/1\.1 101 /);
    expect(response.field("upgrade")).toBe("websocket");
    expect(response.field("connection")).toBe("Upgrade");
    expect(response.field("sec-websocket-accept")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    expect(response.field("sec-websocket-protocol")).toBeUndefined();
    expect(response.field("sec-websocket-extensions")).toBeUndefined();
    expect(response.opened).toBe(1);
  });

  test("[6455-4.2.2-1 server] takes frames that came in one piece with the handshake", async () => {
    await using server = await TestServer.listen(front);
    await using peer = await connectRaw(server.port);
    const connection = server.nextConnection();
    peer.write(
      Buffer.concat([
        Buffer.from(formatRequest(server.port)),
        peer.encode({ opcode: 1, payload: "at once" }),
      ]),
    );
    expect(await (await connection).nextMessage()).toBe("at once");
  });

  test("[6455-4.2.2-2 server] closes a connection on its TLS port that does not speak TLS", async () => {
    await using server = await TestServer.listen(front, {}, certificate);
    await using peer = await connectRaw(server.port);
    peer.write(formatRequest(server.port));
    const answer = await peer.stream.rest();
    expect(answer.toString("latin1")).not.toContain("101");
    expect(server.connections).toHaveLength(0);
  });

  test("[6455-4.2.2-3 server] says nothing outside the TLS tunnel", async () => {
    await using server = await TestServer.listen(front, {}, certificate);
    await using tap = await Wiretap.to(server.port);
    const socket = connectTls({
      port: tap.port,
      host: "127.0.0.1",
      ca: certificate.cert,
      servername: "localhost",
    });
    await using peer = new RawPeer(socket, "client");
    const connection = server.nextConnection();
    peer.write(formatRequest(server.port));
    expect((await peer.readHead()).status).toBe(101);
    (await connection).connection.send("unreadable");
    expect((await peer.readFrame()).payload.toString()).toBe("unreadable");
    expect(tap.text).not.toMatch(/HTTP|websocket|unreadable/i);
  });

  test("[6455-4.2.2-4 server] refuses an origin that it does not accept with 403", async () => {
    const response = await respond({ front, fields: { Origin: "https://evil.example" } });
    expect(response.status).toBe(403);
    expect(response.opened).toBe(0);
  });

  test.each(["12", "14", "8", "7"])(
    "[6455-4.2.2-5 server] [6455-4.4-1 server] answers version %s with 426 and the version that it knows",
    async (version) => {
      const response = await respond({ front, fields: { "Sec-WebSocket-Version": version } });
      expect(response.status).toBe(426);
      expect(response.field("sec-websocket-version")).toBe("13");
      expect(response.opened).toBe(0);
    },
  );

  test("[6455-4.2.2-6 server] answers a resource that it does not offer with 404", async () => {
    const options = { path: "/live" };
    expect((await respond({ front, options, startLine: "GET /live?x=1 HTTP/1.1" })).status).toBe(101);
    const response = await respond({ front, options, startLine: "GET /other HTTP/1.1" });
    expect(response.status).toBe(404);
    expect(response.opened).toBe(0);
  });

  test.each<[what: string, WebSocketServerOptions["handleProtocols"], string]>([
    ["the client's first that it supports", ["v1", "v2"], "v2"],
    ["what the application picks from the offer", (offered) => [...offered].at(-1)!, "v1"],
  ])("[6455-4.2.2-7 server] chooses %s", async (_what, handleProtocols, chosen) => {
    const fields = { "Sec-WebSocket-Protocol": "v3, v2, v1" };
    const response = await respond({ front, options: { handleProtocols }, fields });
    expect(response.field("sec-websocket-protocol")).toBe(chosen);
  });

  test("[6455-4.2.2-7 server] never answers with a subprotocol that was not offered, even if the application says so", async () => {
    const options = { handleProtocols: () => "v9", log: { warn() {} } };
    const response = await respond({ front, options, fields: { "Sec-WebSocket-Protocol": "v1" } });
    expect(response.field("sec-websocket-protocol")).toBeUndefined();
  });

  test.each<[what: string, WebSocketServerOptions, string | undefined]>([
    ["none is offered", { handleProtocols: ["v1"] }, undefined],
    ["none is shared", { handleProtocols: ["v1"] }, "v2, v3"],
    ["only the case differs", { handleProtocols: ["v1"] }, "V1"],
    ["the application declines", { handleProtocols: () => false }, "v1"],
    ["the server has none", {}, "v1"],
  ])("[6455-4.2.2-8 server] answers without a subprotocol where %s", async (_what, options, offered) => {
    const response = await respond({ front, options, fields: { "Sec-WebSocket-Protocol": offered } });
    expect(response.fields.map(([name]) => name)).not.toContain("sec-websocket-protocol");
  });

  test.each<[offered: string | undefined, enabled: boolean, pattern: RegExp | undefined]>([
    ["x-unknown, permessage-deflate, y", true, /^permessage-deflate(;[^,]*)?$/],
    ["x-unknown, y; z=1", true, undefined],
    ["permessage-deflate", false, undefined],
    [undefined, true, undefined],
  ])(
    "[6455-4.2.2-9 server] [6455-4.2.2-10 server] [6455-9-1 server] answers the offer %j, permessage-deflate enabled: %s",
    async (offered, perMessageDeflate, pattern) => {
      const fields = { "Sec-WebSocket-Extensions": offered };
      const chosen = (await respond({ front, options: { perMessageDeflate }, fields })).field(
        "sec-websocket-extensions",
      );
      if (pattern === undefined) expect(chosen).toBeUndefined();
      else expect(chosen).toMatch(pattern);
    },
  );

  test("[6455-7.2.2-1 server] closes the connection when it aborts a handshake, though the client keeps its side open", async () => {
    await using server = await TestServer.listen(front);
    const { peer, response } = await requestRaw(server.port, { fields: { "Sec-WebSocket-Key": "short" } });
    await using _peer = peer;
    expect(response.status).toBe(400);
    await peer.ended;
  });
});
