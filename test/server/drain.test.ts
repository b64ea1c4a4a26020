import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { hear } from "../websocket/hear.ts";
import { serve } from "./serve.ts";
import { openMembers, positionOf, SessionPeer } from "./session-peer.ts";

const longMs = 60_000;

/** Answers `drain` as a client that has handled the messages so far. */
async function followDrain(peer: SessionPeer, messages: number, bytes: number): Promise<void> {
  await peer.expectWord("drain");
  peer.say("drain", {});
  peer.send(`ack 0 ${messages} ${messages} ${messages} 1024 ${262_144 + bytes}`);
}

describe("A server that closes", () => {
  test("ends sessions without a gap when everything is done both ways", async () => {
    const place = await serve({ sessions: { retryAfterMsMax: 50 } });
    const { peer } = await SessionPeer.opened(place.url);
    peer.send("1:hello");
    await peer.nextMessage();
    const closed = place.app.close({ graceMs: longMs });
    await followDrain(peer, 1, 5);
    const { retryAfterMs } = await peer.expectWord("bye");
    expect(retryAfterMs).toBeGreaterThanOrEqual(0);
    expect(retryAfterMs).toBeLessThanOrEqual(50);
    await closed;
    expect(place.journal).toEqual(["message hello", "close 3000"]);
  });

  test("waits for handlers", async () => {
    const gate = Promise.withResolvers<void>();
    const place = await serve({}, (socket) => {
      socket.onmessage = async () => {
        await gate.promise;
        socket.send("done");
      };
    });
    const { peer } = await SessionPeer.opened(place.url);
    peer.send("1:work");
    await expect.poll(() => place.journal).toEqual(["message work"]);
    const closed = place.app.close({ graceMs: longMs });
    await followDrain(peer, 0, 0);
    gate.resolve();
    expect(await peer.nextMessage()).toBe("1:done");
    peer.send("ack 0 1 1 1 1025 262148");
    expect(await peer.expectWord("bye")).toHaveProperty("retryAfterMs");
    await closed;
    expect(place.journal.at(-1)).toBe("close 3000");
  });

  test("lets a session change its link meanwhile", async () => {
    const place = await serve();
    const { peer, opened } = await SessionPeer.opened(place.url);
    const closed = place.app.close({ graceMs: longMs });
    await peer.expectWord("drain");
    peer.cut();
    using next = await SessionPeer.greeted(place.url);
    const { session, secret } = opened;
    next.say("resume", { session, secret, linkEpoch: 2, streams: [positionOf()] });
    await next.expectWord("resumed");
    await followDrain(next, 0, 0);
    await next.expectWord("bye");
    await closed;
    expect(place.journal).toEqual(["close 3000"]);
  });

  test("takes no new session and no plain WebSocket", async () => {
    const place = await serve();
    const { peer } = await SessionPeer.opened(place.url);
    const closed = place.app.close({ graceMs: longMs });
    await peer.expectWord("drain");
    using other = await SessionPeer.greeted(place.url);
    other.say("open", openMembers());
    const end = await other.expectEnd();
    expect(end).toMatchObject({ code: 3000, closeCode: 3000 });
    expect(end).toHaveProperty("retryAfterMs");
    expect((await hear(new WebSocket(place.url), "error")).message).toContain("503");
    const health = await fetch(`${place.httpUrl}/healthz`);
    expect([health.status, await health.json()]).toMatchObject([503, { status: "closing", sessions: 1 }]);
    peer.say("close", { code: 1000, reason: "" });
    await peer.expectWord("close");
    await closed;
  });

  test("opens nothing for whom it had begun to authenticate", async () => {
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const authenticate = async ({ token }: { token: string | undefined }) => {
      if (token === "late") {
        asked.resolve();
        await gate.promise;
      }
      return token;
    };
    const place = await serve({ authenticate });
    const { peer } = await SessionPeer.opened(place.url, { token: "early" });
    using late = await SessionPeer.greeted(place.url);
    late.say("open", openMembers({ token: "late" }));
    await asked.promise;
    const closed = place.app.close({ graceMs: longMs });
    gate.resolve();
    expect(await late.expectEnd()).toMatchObject({ code: 3000, closeCode: 3000 });
    expect(place.connections).toHaveLength(1);
    await followDrain(peer, 0, 0);
    await closed;
  });

  test("closes plain WebSockets with 1001 at once", async () => {
    const place = await serve();
    const { peer } = await SessionPeer.opened(place.url);
    const socket = new WebSocket(place.url);
    await hear(socket, "open");
    const closed = place.app.close({ graceMs: longMs });
    expect((await hear(socket, "close")).code).toBe(1001);
    await followDrain(peer, 0, 0);
    await closed;
  });

  test("ends what is left after graceMs, with the gap, suspended sessions among it", async () => {
    const place = await serve({}, (socket) => socket.send("unheard"));
    const { peer } = await SessionPeer.opened(place.url);
    const { peer: gone } = await SessionPeer.opened(place.url);
    gone.cut();
    await place.app.close({ graceMs: 50 });
    expect(await peer.expectWord("drain")).toEqual({});
    expect(await peer.expectEnd()).toMatchObject({ code: 3000 });
    const gap: unknown = expect.stringContaining('gap sent [{"stream":"","from":1,"to":1}]');
    expect(place.journal.toSorted()).toEqual([
      "close 3000 not clean",
      "close 3000 not clean",
      "error SESSION_GOING_AWAY",
      "error SESSION_GOING_AWAY",
      gap,
      gap,
    ]);
    expect(place.app.sessions.size).toBe(0);
  });

  test("is closed at once where there is no session", async () => {
    const place = await serve();
    await place.app.close({ graceMs: longMs });
    await expect(SessionPeer.dial(place.url)).rejects.toThrow("ECONNREFUSED");
  });
});
