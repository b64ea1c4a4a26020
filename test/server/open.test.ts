import { describe, expect, test } from "vitest";
import { readable } from "../websocket/hear.ts";
import { serve } from "./serve.ts";
import { openMembers, SessionPeer } from "./session-peer.ts";

describe("Opening a session", () => {
  test("begins with the server's limits", async () => {
    const sessions = { messageBytesMax: 5_000, streamsMax: 3, suspendedMsMax: 9_000 };
    await using place = await serve({ sessions });
    using peer = await SessionPeer.dial(place.url);
    expect(await peer.expectWord("hello")).toEqual(sessions);
  });

  test("answers with an id, a secret and credit, and calls the handler once", async () => {
    await using place = await serve({ sessions: { windowMessages: 10, windowBytes: 20_000 } });
    const { peer, opened } = await SessionPeer.opened(place.url);
    expect(opened).toMatchObject({ linkEpoch: 1, protocol: "", window: [10, 20_000] });
    expect(String(opened["session"])).toMatch(/^[\w-]{22}$/);
    expect(String(opened["secret"])).toMatch(/^[\w-]{22}$/);
    expect(place.connections).toHaveLength(1);
    expect(place.app.sessions.size).toBe(1);
    expect([...place.app.sessions][0]).toBe(place.connections[0]!.session);
    peer.cut();
  });

  test("exchanges text, readable on the wire, and binary", async () => {
    await using place = await serve();
    const { peer } = await SessionPeer.opened(place.url);
    peer.send("1:hello");
    expect(await peer.next()).toBe("1~1:hello");
    peer.send(Buffer.from("2:\u0000\u00ff", "latin1"));
    expect(await peer.next()).toBe("binary 2~2:\u0000\u00ff");
    peer.cut();
  });

  test("is repeated on another link without another session", async () => {
    await using place = await serve();
    const { peer: first, opened } = await SessionPeer.opened(place.url, { nonce: "a-nonce-of-22-letters-" });
    using second = await SessionPeer.greeted(place.url);
    second.say("open", openMembers({ nonce: "a-nonce-of-22-letters-", linkEpoch: 2 }));
    expect(await second.expectWord("opened")).toMatchObject({ session: opened["session"], linkEpoch: 2 });
    expect(await first.expectEnd()).toMatchObject({ code: 3500, linkEpoch: 2, closeCode: 3500 });
    expect(place.connections).toHaveLength(1);
  });

  test("is not repeated once the client was heard", async () => {
    await using place = await serve();
    const nonce = "a-nonce-of-22-letters-";
    const { peer: first } = await SessionPeer.opened(place.url, { nonce });
    first.send("1:heard");
    await first.nextMessage();
    using late = await SessionPeer.greeted(place.url);
    late.say("open", openMembers({ nonce, linkEpoch: 2 }));
    expect(await late.expectEnd()).toMatchObject({ code: 3500, linkEpoch: 1 });
    expect(place.connections).toHaveLength(1);
    first.cut();
  });

  test("chooses the first of the client's subprotocols that is listed", async () => {
    await using place = await serve({ handleProtocols: ["chat.v1", "chat.v2"] });
    const { peer, opened } = await SessionPeer.opened(place.url, { protocols: ["x", "chat.v2", "chat.v1"] });
    expect([opened["protocol"], place.connections[0]!.socket.protocol]).toEqual(["chat.v2", "chat.v2"]);
    peer.cut();
  });

  test("chooses a subprotocol, or none, as a function says", async () => {
    const choices = ["b", false] as const;
    let calls = 0;
    await using place = await serve({ handleProtocols: () => choices[calls++]! });
    for (const protocol of ["b", ""]) {
      const { peer, opened } = await SessionPeer.opened(place.url, { protocols: ["a", "b"] });
      expect(opened["protocol"]).toBe(protocol);
      peer.cut();
    }
  });

  test("is 3004, and an error in the log, where a function chooses what was not offered", async () => {
    await using place = await serve({ handleProtocols: () => "other" });
    using peer = await SessionPeer.greeted(place.url);
    peer.say("open", openMembers({ protocols: ["a"] }));
    expect(await peer.expectEnd()).toMatchObject({ code: 3004, closeCode: 3004 });
    expect(place.log).toEqual([
      expect.stringContaining("handleProtocols returned other, which the client did not"),
    ]);
    expect(place.app.sessions.size).toBe(0);
  });

  test("holds messages back until an async handler is done", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using place = await serve({}, async (socket) => {
      await promise;
      socket.onmessage = ({ data }) => socket.send(data);
    });
    const { peer } = await SessionPeer.opened(place.url);
    peer.send("1:early");
    await expect.poll(() => place.connections.length).toBe(1);
    resolve();
    expect(await peer.nextMessage()).toBe("1:early");
    peer.cut();
  });

  test("lets a handler iterate", async () => {
    await using place = await serve({}, async (socket) => {
      for await (const data of socket) socket.send(`heard ${readable(data)}`);
    });
    const { peer } = await SessionPeer.opened(place.url);
    peer.send("1:one");
    peer.send("2:two");
    expect([await peer.nextMessage(), await peer.nextMessage()]).toEqual(["1:heard one", "2:heard two"]);
    peer.cut();
  });

  test.each([
    () => {
      throw new Error("on purpose");
    },
    () => Promise.reject(new Error("on purpose")),
  ])("ends the session whose handler fails, and no other", async (fail) => {
    let calls = 0;
    await using place = await serve({}, () => (calls++ === 0 ? undefined : fail()));
    const { peer: healthy } = await SessionPeer.opened(place.url);
    using peer = await SessionPeer.greeted(place.url);
    peer.say("open", openMembers());
    await expect.poll(() => place.journal.at(-1)).toBe("close 1006 not clean");
    expect(place.journal[0]).toBe("error undefined");
    expect((await peer.closed).code).toBe(3505);
    expect(place.app.sessions.size).toBe(1);
    healthy.cut();
  });
});
