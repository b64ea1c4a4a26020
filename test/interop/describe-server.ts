import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { makeCertificate } from "../raw-peer/certificate.ts";
import { Observed } from "../raw-peer/observed.ts";
import { type Compression, compressions } from "./compression.ts";
import { openClient } from "./open-client.ts";
import { digestOf, type Payload, payloads, trickyText } from "./payload.ts";
import type { PeerServerKind } from "./peer-server.ts";

/** The tests that our client passes with every server. */
export function describeServer(peer: PeerServerKind): void {
  describe.each(compressions)("messages, compression: $name", (compression) => {
    describeMessages(peer, compression);
  });
  describe("the closing handshake", () => {
    describeClosing(peer);
  });
  describe("pings", () => {
    describePings(peer);
  });
  describe("the opening handshake", () => {
    describeOpening(peer);
  });
}

function describeMessages(peer: PeerServerKind, compression: Compression): void {
  const options = { perMessageDeflate: compression.perMessageDeflate };

  test("the extensions are agreed on", async () => {
    await using server = await peer.start({ compression });
    const { connection } = await openClient(server.url, options);
    expect(connection.extensions).toBe(compression.agreed);
  });

  test.each(["text", "binary"] as const)("%s of every size comes back as it was", async (kind) => {
    await using server = await peer.start({ compression });
    const ours = await openClient(server.url, options);
    for (const payload of payloads(kind, compression)) expect(await echo(ours, payload)).toBe(payload.digest);
  });

  test("fragments are put together", async () => {
    await using server = await peer.start({ compression });
    const ours = await openClient(`${server.url}/fragments`, options);
    for (const payload of payloads("text", { withLargest: false }))
      expect(await echo(ours, payload)).toBe(payload.digest);
    for (const payload of payloads("binary", compression))
      expect(await echo(ours, payload)).toBe(payload.digest);
  });
}

function describeClosing(peer: PeerServerKind): void {
  test("the server sees our code and reason", async () => {
    await using server = await peer.start();
    const ours = await openClient(server.url);
    const end = server.nextEnd();
    ours.connection.close(3999, "fin – 末");
    expect(await end).toEqual({ code: 3999, reason: "fin – 末" });
    expect(await ours.closed).toMatchObject({ code: 3999, wasClean: true });
  });

  test("we see the server's code and reason", async () => {
    await using server = await peer.start();
    const ours = await openClient(`${server.url}/close`);
    expect(await ours.closed).toEqual({ code: 4321, reason: "Ende – 終", wasClean: true });
  });

  test("a Close frame without a code is 1005 at the server", async () => {
    await using server = await peer.start();
    const ours = await openClient(server.url);
    const end = server.nextEnd();
    ours.connection.close();
    expect(await end).toEqual({ code: 1005, reason: "" });
    expect(await ours.closed).toEqual({ code: 1005, reason: "", wasClean: true });
  });
}

function describePings(peer: PeerServerKind): void {
  test("we answer the server's with what it carried", async () => {
    await using server = await peer.start();
    const ours = await openClient(`${server.url}/ping`);
    expect(await ours.nextMessage()).toBe("pong: and you?");
    expect(ours.pings.map(String)).toEqual(["and you?"]);
  });

  test("the server answers ours with what it carried", async () => {
    await using server = await peer.start();
    const ours = await openClient(server.url);
    const pong = ours.nextPong();
    ours.connection.ping("still there?");
    expect((await pong).toString("utf8")).toBe("still there?");
  });
}

function describeOpening(peer: PeerServerKind): void {
  test("a subprotocol is chosen", async () => {
    await using server = await peer.start();
    const ours = await openClient(server.url, { protocols: ["chat.v9", "chat.v1"] });
    expect(ours.connection.protocol).toBe("chat.v1");
  });

  test("what is offered and not taken is not used", async () => {
    await using server = await peer.start();
    const ours = await openClient(server.url, { perMessageDeflate: { threshold: 0 } });
    expect(ours.connection.extensions).toBe("");
    ours.connection.send("as it is");
    expect(await ours.nextMessage()).toBe("as it is");
  });

  test("over TLS, with a certificate that is trusted by the option ca", async () => {
    const certificate = await makeCertificate();
    await using server = await peer.start({ certificate });
    const ours = await openClient(server.url, { ca: certificate.cert });
    for (const payload of payloads("binary", { withLargest: true }))
      expect(await echo(ours, payload)).toBe(payload.digest);
  });

  test("a certificate that nobody trusts ends in an error and 1006", async () => {
    await using server = await peer.start({ certificate: await makeCertificate() });
    const ours = new Observed(new WebSocket(server.url));
    expect(await ours.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    expect(ours.errorCode).toBe("WS_CONNECT_FAILED");
  });

  test("a byte order mark, NUL and joined characters are content", async () => {
    await using server = await peer.start();
    const ours = await openClient(server.url);
    ours.connection.send(trickyText);
    expect(await ours.nextMessage()).toBe(trickyText);
  });
}

/** Sends the message, and returns the digest of what comes back. */
async function echo(ours: Observed, { message }: Payload): Promise<string> {
  ours.connection.send(message);
  return digestOf(await ours.nextMessage());
}
