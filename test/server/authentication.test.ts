import { describe, expect, test } from "vitest";
import type { AuthenticationAttempt } from "../../src/server/index.ts";
import { WebSocket } from "../../src/websocket/index.ts";
import { serve } from "./serve.ts";
import { openMembers, positionOf, SessionPeer } from "./session-peer.ts";

interface Person {
  readonly id: string;
}

/** The token is the name. */
function byName({ token }: AuthenticationAttempt): Person | null {
  return token === undefined || token === "nobody" ? null : { id: token };
}

describe("authenticate", () => {
  test("tells the handler who it is", async () => {
    await using place = await serve({ authenticate: byName });
    const { peer } = await SessionPeer.opened(place.url, { token: "ann" });
    expect(place.connections[0]).toMatchObject({ user: { id: "ann" }, isSession: true });
    peer.cut();
  });

  test("may take its time, and refuse: 3501", async () => {
    await using place = await serve({ authenticate: async (attempt) => byName(attempt) });
    for (const token of ["nobody", undefined]) {
      using peer = await SessionPeer.greeted(place.url);
      peer.say("open", openMembers({ token }));
      const end = await peer.expectEnd();
      expect(end).toMatchObject({
        code: 3501,
        reason: "The server does not let this user in",
        closeCode: 3501,
      });
    }
    expect([place.connections.length, place.log.length]).toEqual([0, 0]);
  });

  test("that fails is 3004 with a time to come back at, and a line in the log without the token", async () => {
    const authenticate = ({ token }: AuthenticationAttempt): Person => {
      throw new Error(`no database for ${token}`);
    };
    await using place = await serve({ authenticate, sessions: { retryAfterMsMax: 0 } });
    using peer = await SessionPeer.greeted(place.url);
    peer.say("open", openMembers({ token: "a-secret" }));
    const end = await peer.expectEnd();
    expect(end).toMatchObject({ code: 3004, retryAfterMs: 0, closeCode: 3004 });
    expect(place.log).toEqual([
      expect.stringContaining("authenticate() failed: Error: no database for [token]"),
    ]);
    expect(JSON.stringify(end)).not.toContain("database");
  });

  test("that never answers is 3002 after openTimeoutMs", async () => {
    const authenticate = () => new Promise<Person>(() => {});
    await using place = await serve({ authenticate, sessions: { openTimeoutMs: 20 } });
    using peer = await SessionPeer.greeted(place.url);
    peer.say("open", openMembers({ token: "ann" }));
    const end = await peer.expectEnd();
    expect(end).toMatchObject({ code: 3002, reason: "Neither open nor resume came within 20 ms" });
  });

  test("is asked at each resume, which fails for another user and leaves the session alone", async () => {
    await using place = await serve({ authenticate: byName });
    const { peer, opened } = await SessionPeer.opened(place.url, { token: "ann" });
    const { session, secret } = opened;
    const resume = { session, secret, linkEpoch: 2, streams: [positionOf()] };
    for (const [token, code] of [
      ["bob", 3502],
      ["nobody", 3501],
    ] as const) {
      using other = await SessionPeer.greeted(place.url);
      other.say("resume", { ...resume, token });
      expect(await other.expectEnd()).toMatchObject({ code });
    }
    using same = await SessionPeer.greeted(place.url);
    same.say("resume", { ...resume, token: "ann" });
    await same.expectWord("resumed");
    peer.cut();
  });

  test("is told whether it is a resume", async () => {
    const attempts: unknown[] = [];
    const authenticate = ({ token, isResume }: AuthenticationAttempt) => {
      attempts.push([token, isResume]);
      return "ann";
    };
    await using place = await serve({ authenticate });
    const { peer, opened } = await SessionPeer.opened(place.url, { token: "a" });
    using next = await SessionPeer.greeted(place.url);
    const { session, secret } = opened;
    next.say("resume", { session, secret, linkEpoch: 2, token: "b", streams: [positionOf()] });
    await next.expectWord("resumed");
    expect(attempts).toEqual([
      ["a", false],
      ["b", true],
    ]);
    peer.cut();
  });

  test("has to return somebody who can be told from others", async () => {
    await using place = await serve({ authenticate: () => ({ name: "ann" }) });
    using peer = await SessionPeer.greeted(place.url);
    peer.say("open", openMembers());
    expect(await peer.expectEnd()).toMatchObject({ code: 3501 });
    expect(place.log).toEqual([expect.stringContaining("give the option userKey(user)")]);
  });

  test("can be told by another key", async () => {
    await using place = await serve({ authenticate: () => ({ name: "ann" }), userKey: ({ name }) => name });
    const { peer } = await SessionPeer.opened(place.url);
    expect(place.connections[0]!.user.name).toBe("ann");
    peer.cut();
  });

  test("sees cookies only where an Origin says whose page sends them", async () => {
    const seen: unknown[] = [];
    const authenticate = ({ request: { headers, incoming } }: AuthenticationAttempt) => {
      seen.push([headers.get("cookie"), incoming?.headers.cookie]);
      return "ann";
    };
    await using place = await serve({ authenticate });
    const cookie = { Cookie: "id=1" };
    for (const headers of [cookie, { ...cookie, Origin: place.httpUrl }]) {
      using peer = await SessionPeer.greeted(place.url, { headers });
      peer.say("open", openMembers());
      await peer.expectWord("opened");
    }
    expect(seen).toEqual([
      [undefined, undefined],
      ["id=1", "id=1"],
    ]);
    expect(place.connections[0]!.request.headers.has("cookie")).toBe(false);
  });
});

describe("authenticate for a plain WebSocket", () => {
  async function dialPlain(url: string): Promise<string> {
    const socket = new WebSocket(url);
    return await new Promise((resolve) => {
      socket.onopen = () => {
        socket.terminate();
        resolve("open");
      };
      socket.onerror = ({ message }) => resolve(message);
    });
  }

  test("decides at the handshake, without a token", async () => {
    const attempts: AuthenticationAttempt[] = [];
    await using place = await serve({
      authenticate: (attempt) => {
        attempts.push(attempt);
        return { id: "ann" };
      },
    });
    expect(await dialPlain(place.url)).toBe("open");
    expect(attempts).toMatchObject([{ token: undefined, isResume: false }]);
    expect(place.connections).toMatchObject([{ user: { id: "ann" }, isSession: false, session: null }]);
  });

  test("refuses with 401", async () => {
    await using place = await serve({ authenticate: byName });
    expect(await dialPlain(place.url)).toContain("401");
    expect(place.connections).toEqual([]);
  });

  test("that fails is 500", async () => {
    await using place = await serve({ authenticate: () => Promise.reject<Person>(new Error("no database")) });
    expect(await dialPlain(place.url)).toContain("500");
    expect(place.log).toEqual([expect.stringContaining("no database")]);
  });

  test("that never answers is 408 after openTimeoutMs", async () => {
    const authenticate = () => new Promise<Person>(() => {});
    await using place = await serve({ authenticate, sessions: { openTimeoutMs: 20 } });
    expect(await dialPlain(place.url)).toContain("408");
  });
});
