import { describe, expect, test } from "vitest";
import { makeCertificate } from "../raw-peer/certificate.ts";
import type { Observed } from "../raw-peer/observed.ts";
import { type Compression, compressions } from "./compression.ts";
import type { PeerClient } from "./client-task.ts";
import { InteropServer } from "./interop-server.ts";
import { binaryOf, digestOf, type Payload, payloadOf, payloads, trickyText } from "./payload.ts";

const repetitivePayload = payloadOf("the same again ".repeat(1000));

/** The tests that every client passes with our server. The peer echoes, so that our side sends and compares. */
export function describeClient(peer: PeerClient): void {
  describe.each(compressions)("messages, compression: $name", (compression) => {
    describeNegotiation(peer, compression);
    describeMessages(peer, compression);
  });
  test("a byte order mark, NUL and joined characters are content", async () => {
    await using server = await InteropServer.start();
    const { ours } = await server.meet(peer);
    const expected = peer.traits.keepsByteOrderMark ? trickyText : trickyText.slice(1);
    ours.connection.send(trickyText);
    expect(await ours.nextMessage()).toBe(expected);
  });
  test("over TLS, where the peer trusts the certificate", async () => {
    const certificate = await makeCertificate();
    await using server = await InteropServer.start({}, certificate);
    const { ours, report } = await server.meet(peer, { ca: certificate.cert });
    expect(ours.connection.url).toBe(server.url);
    for (const payload of payloads("binary", { withLargest: true }))
      expect(await echo(ours, payload)).toBe(payload.digest);
    ours.connection.close(1000, "encrypted");
    expect(await report).toMatchObject({ code: 1000, reason: "encrypted" });
  });
  describeCompressed(peer);
  describeFragments(peer);
  describe("the closing handshake", () => {
    describeClosing(peer);
  });
  describe("subprotocols", () => {
    describeSubprotocols(peer);
  });
  describe("pings", () => {
    describePings(peer);
  });
}

function describeNegotiation(peer: PeerClient, compression: Compression): void {
  const { perMessageDeflate } = compression;
  const agreed = agreedWith(peer, compression);

  test("the extensions are agreed on", async () => {
    await using server = await InteropServer.start({ perMessageDeflate });
    const { ours, report } = await server.meet(peer);
    expect(ours.connection.extensions).toBe(agreed);
    ours.connection.close();
    expect((await report).extensions).toBe(peer.traits.showsParameters ? agreed : agreed.split(";")[0]);
  });
}

function describeMessages(peer: PeerClient, compression: Compression): void {
  const { perMessageDeflate } = compression;

  test.each(["text", "binary"] as const)("%s of every size comes back as it was", async (kind) => {
    await using server = await InteropServer.start({ perMessageDeflate });
    const { ours } = await server.meet(peer);
    for (const payload of payloads(kind, compression)) expect(await echo(ours, payload)).toBe(payload.digest);
  });
}

function describeCompressed(peer: PeerClient): void {
  const compressed = compressions.filter((compression) => agreedWith(peer, compression) !== "");

  test.each(compressed)(
    "what is compressed is short on the wire, compression: $name",
    async ({ perMessageDeflate }) => {
      await using server = await InteropServer.start({ perMessageDeflate });
      const { ours, wire } = await server.meet(peer);
      const before = { sent: wire.bytesWritten, received: wire.bytesRead };
      expect(await echo(ours, repetitivePayload)).toBe(repetitivePayload.digest);
      expect(wire.bytesWritten - before.sent).toBeLessThan(1000);
      expect(wire.bytesRead - before.received).toBeLessThan(peer.traits.compresses ? 1000 : 16_000);
    },
  );
}

function describeFragments(peer: PeerClient): void {
  const tried = peer.traits.fragments ? compressions : [];

  test.each(tried)(
    "fragments are put together, compression: $name",
    async ({ perMessageDeflate, withLargest }) => {
      await using server = await InteropServer.start({ perMessageDeflate });
      const { ours } = await server.meet(peer, { fragments: 7 });
      for (const payload of [
        ...payloads("text", { withLargest: false }),
        ...payloads("binary", { withLargest }),
      ]) {
        expect(await echo(ours, payload)).toBe(payload.digest);
      }
    },
  );
}

function describeClosing(peer: PeerClient): void {
  test("the peer sees our code and reason", async () => {
    await using server = await InteropServer.start();
    const { ours, report } = await server.meet(peer);
    ours.connection.close(4321, "Ende – 終");
    expect(await report).toMatchObject({ opened: true, code: 4321, reason: "Ende – 終" });
    expect(await ours.closed).toMatchObject({ code: 4321, wasClean: true });
  });

  test("we see the peer's code and reason", async () => {
    await using server = await InteropServer.start();
    const { ours, report } = await server.meet(peer, { close: { code: 3999, reason: "fin – 末" } });
    expect(await ours.closed).toEqual({ code: 3999, reason: "fin – 末", wasClean: true });
    expect(await report).toMatchObject({ opened: true, code: 3999, reason: "fin – 末" });
  });

  test("a Close frame without a code is 1005 at the peer", async () => {
    await using server = await InteropServer.start();
    const { ours, report } = await server.meet(peer);
    ours.connection.close();
    expect(await report).toMatchObject({ code: 1005, reason: "" });
    expect(await ours.closed).toEqual({ code: 1005, reason: "", wasClean: true });
  });

  test("a message past maxPayload is answered with 1009, although the peer is still sending it", async () => {
    await using server = await InteropServer.start({ maxPayload: 1000 });
    const { ours, report } = await server.meet(peer);
    ours.connection.send(binaryOf(4_000_000));
    const { code, reason } = await report;
    expect(code).toBe(1009);
    expect(reason).toContain("limit is 1000");
    expect(ours.errorCode).toBe("WS_MESSAGE_TOO_LARGE");
  });
}

function describeSubprotocols(peer: PeerClient): void {
  test("the peer's first one that the server has is chosen", async () => {
    await using server = await InteropServer.start({ handleProtocols: ["chat.v1", "chat.v2"] });
    const { ours, report } = await server.meet(peer, { protocols: ["chat.v9", "chat.v2", "chat.v1"] });
    expect(ours.connection.protocol).toBe("chat.v2");
    ours.connection.close();
    expect((await report).protocol).toBe("chat.v2");
  });

  test("without an offer there is none", async () => {
    await using server = await InteropServer.start({ handleProtocols: ["chat.v1"] });
    const { ours, report } = await server.meet(peer);
    expect(ours.connection.protocol).toBe("");
    ours.connection.close();
    expect((await report).protocol).toBe("");
  });
}

function describePings(peer: PeerClient): void {
  test("the peer answers ours with what it carried", async () => {
    await using server = await InteropServer.start();
    const { ours } = await server.meet(peer);
    const pong = ours.nextPong();
    ours.connection.ping("still there?");
    expect((await pong).toString("utf8")).toBe("still there?");
  });

  const tried = peer.traits.pings ? ["and you?"] : [];

  test.each(tried)("we answer the peer's with what it carried: %s", async (ping) => {
    await using server = await InteropServer.start();
    const { ours, report } = await server.meet(peer, { ping, close: { code: 1000 } });
    expect(await ours.closed).toMatchObject({ code: 1000 });
    expect((await report).pong).toBe(ping);
  });
}

/** A peer that does not offer to limit its window is not held to a limit: there is no compression then. */
function agreedWith(peer: PeerClient, { name, agreed }: Compression): string {
  return peer.traits.limitsWindow || name !== "small windows" ? agreed : "";
}

/** Sends the message, and returns the digest of what comes back. */
async function echo(ours: Observed, { message }: Payload): Promise<string> {
  ours.connection.send(message);
  return digestOf(await ours.nextMessage());
}
