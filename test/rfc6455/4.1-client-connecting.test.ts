import { beforeAll, expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { type Certificate, makeCertificate } from "../raw-peer/certificate.ts";
import { Observed } from "../raw-peer/observed.ts";
import { connectRaw } from "../raw-peer/raw-client.ts";
import { answer, RawServer } from "../raw-peer/raw-server.ts";
import { RawTlsServer } from "../raw-peer/raw-tls-server.ts";
import { Wiretap } from "../raw-peer/wiretap.ts";

/** How many connections have come, once ones made later by other means have. */
async function countOpened(server: RawServer): Promise<number> {
  const count = 20;
  for (let i = 0; i < count; i++) {
    await using _peer = await connectRaw(server.port);
    await server.accept();
  }
  return server.opened - count;
}

test.each(["127.0.0.1", "localhost"])(
  "[6455-4.1-4 client] [6455-4.1-5 client] [6455-4.1-6 client] a second attempt, to %s, waits until the first is established",
  async (host) => {
    await using server = await RawServer.listen();
    const first = new Observed(new WebSocket(server.url("/first")));
    const second = new Observed(new WebSocket(`ws://${host}:${server.port}/second`));
    const { peer, request } = await server.acceptRequest();
    expect(await countOpened(server)).toBe(1);
    answer(peer, request);
    await first.opened;
    await server.acceptWebSocket();
    await second.opened;
  },
);

test("[6455-4.1-4 client] an attempt that waits goes on when the one before it fails", async () => {
  await using server = await RawServer.listen();
  const first = new Observed(new WebSocket(server.url("/first")));
  const second = new Observed(new WebSocket(server.url("/second")));
  const { peer } = await server.acceptRequest();
  expect(await countOpened(server)).toBe(1);
  peer.end();
  await first.closed;
  expect((await server.acceptWebSocket()).request.startLine).toBe("GET /second HTTP/1.1");
  await second.opened;
});

test("[6455-4.1-9 client] fails when nothing listens there", async () => {
  const server = await RawServer.listen();
  const url = server.url();
  await server[Symbol.asyncDispose]();
  const engine = new Observed(new WebSocket(url));
  expect(await engine.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  expect(engine.errors).toHaveLength(1);
});

let certificate: Certificate;
beforeAll(async () => {
  certificate = await makeCertificate();
});

test("[6455-4.1-10 client] [6455-4.1-12 client] makes the TLS handshake first, and sends nothing outside the tunnel", async () => {
  await using server = await RawTlsServer.listen(certificate);
  await using tap = await Wiretap.to(server.port);
  const engine = new Observed(
    new WebSocket(`wss://localhost:${tap.port}/secret`, [], { ca: certificate.cert }),
  );
  const peer = await server.connected;
  const request = await peer.readHead();
  answer(peer, request);
  await engine.opened;
  engine.connection.send("unreadable");
  expect((await peer.readFrame()).payload.toString()).toBe("unreadable");
  expect(request.startLine).toBe("GET /secret HTTP/1.1");
  expect(tap.fromClient[0]![0]).toBe(0x16);
  expect(tap.text).not.toMatch(/GET|Upgrade|HTTP|unreadable/);
});

test("[6455-4.1-11 client] fails on a certificate that it does not trust, before it has said anything", async () => {
  await using server = await RawTlsServer.listen(certificate);
  await using tap = await Wiretap.to(server.port);
  const engine = new Observed(new WebSocket(`wss://localhost:${tap.port}/`));
  expect(await engine.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  expect(engine.errors).toHaveLength(1);
  // With TLS 1.3 the server may count the tunnel as open; what it read from it is empty.
  const heard = await Promise.race([server.connected.then((peer) => peer.stream.rest()), engine.closed]);
  expect(Buffer.isBuffer(heard) ? heard.length : 0).toBe(0);
});

test("[6455-4.1-11 client] fails on a certificate for another host", async () => {
  await using server = await RawTlsServer.listen(certificate);
  const options = { ca: certificate.cert, servername: "other.example" };
  const engine = new Observed(new WebSocket(`wss://localhost:${server.port}/`, [], options));
  expect((await engine.closed).code).toBe(1006);
});

test("[6455-4.1-13 client] names the host by SNI", async () => {
  await using server = await RawTlsServer.listen(certificate);
  const engine = new Observed(new WebSocket(`wss://localhost:${server.port}/`, [], { ca: certificate.cert }));
  const peer = await server.connected;
  answer(peer, await peer.readHead());
  await engine.opened;
  expect(server.serverNames).toEqual(["localhost"]);
});
