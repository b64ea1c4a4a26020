import { describe, expect, test, vi } from "vitest";
import { requestRaw } from "../../test/raw-peer/raw-client.ts";
import type { RawPeer } from "../../test/raw-peer/raw-peer.ts";
import { inflate } from "../../test/raw-peer/deflate.ts";
import { hear, hearMessages } from "../../test/websocket/hear.ts";
import { listen, openLine, type TestListener } from "../../test/websocket/line.ts";
import type { WebSocketConnection, WebSocketServerOptions } from "./index.ts";
import { SmallFirstDeflater } from "./small-codec.ts";

interface Member {
  socket: WebSocketConnection;
  peer: RawPeer;
}

interface Crowd extends TestListener {
  members: Member[];
}

/** A server with so many connections, whose peers are read frame by frame. */
async function openCrowd(
  count: number,
  options: WebSocketServerOptions = {},
  extensions?: string,
): Promise<Crowd> {
  const listener = await listen(options);
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    const accepted = new Promise<WebSocketConnection>((resolve) => {
      listener.server.onconnection = ({ socket }) => resolve(socket);
    });
    const { peer } = await requestRaw(listener.port, { fields: { "Sec-WebSocket-Extensions": extensions } });
    members.push({ peer, socket: await accepted });
  }
  return {
    ...listener,
    members,
    async [Symbol.asyncDispose]() {
      for (const { peer } of members) await peer[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

async function textsOf({ peer }: Member, count: number): Promise<string[]> {
  return (await peer.readFrames(count)).map(({ payload }) => payload.toString());
}

describe("topics", () => {
  test("a publication reaches every subscriber, and says how many they are", async () => {
    await using crowd = await openCrowd(3);
    const [first, second, third] = crowd.members as [Member, Member, Member];
    for (const { socket } of [first, second]) socket.subscribe("news");
    expect(crowd.server.publish("news", "hello")).toBe(2);
    expect(crowd.server.publish("other", "nobody")).toBe(0);
    third.socket.send("direct");
    expect(await Promise.all(crowd.members.map((member) => textsOf(member, 1)))).toEqual([
      ["hello"],
      ["hello"],
      ["direct"],
    ]);
  });

  test("a connection's own publication reaches all but itself, subscribed or not", async () => {
    await using crowd = await openCrowd(3);
    const [first, second, third] = crowd.members as [Member, Member, Member];
    for (const { socket } of [first, second]) socket.subscribe("news");
    expect(first.socket.publish("news", "from first")).toBe(1);
    expect(third.socket.publish("news", "from third")).toBe(2);
    expect(await textsOf(first, 1)).toEqual(["from third"]);
    expect(await textsOf(second, 2)).toEqual(["from first", "from third"]);
  });

  test.each([
    ["text", "€", 1, "€"],
    ["a buffer", Buffer.from("ab"), 2, "ab"],
    ["an ArrayBuffer", Uint8Array.from([0x61]).buffer, 2, "a"],
    ["a view", new DataView(Uint8Array.from([0x61, 0x62, 0x63]).buffer, 1), 2, "bc"],
    ["nothing", "", 1, ""],
  ])("publish %s", async (_name, data, opcode, payload) => {
    await using crowd = await openCrowd(1);
    crowd.members[0]!.socket.subscribe("news");
    crowd.server.publish("news", data);
    const frame = await crowd.members[0]!.peer.readFrame();
    expect([frame.opcode, frame.payload.toString()]).toEqual([opcode, payload]);
  });

  test("publish nothing else", async () => {
    await using crowd = await openCrowd(1);
    for (const data of [new Blob(["a"]), 1, null, undefined, new SharedArrayBuffer(1)]) {
      expect(() => crowd.server.publish("news", data as never)).toThrow(TypeError);
    }
  });

  test("what is published may change afterwards", async () => {
    await using crowd = await openCrowd(1);
    crowd.members[0]!.socket.subscribe("news");
    const bytes = Buffer.alloc(50_000, "a");
    crowd.server.publish("news", bytes);
    bytes.fill("b");
    expect((await crowd.members[0]!.peer.readFrame()).payload).toEqual(Buffer.alloc(50_000, "a"));
  });

  test("keep the order of publications and direct sends", async () => {
    await using crowd = await openCrowd(1);
    const [member] = crowd.members as [Member];
    member.socket.subscribe("news");
    const texts = Array.from({ length: 50 }, (_, i) => String(i));
    for (const [i, text] of texts.entries()) {
      if (i % 3 === 0) member.socket.send(text);
      else crowd.server.publish("news", text);
      if (i % 20 === 19) await new Promise(setImmediate);
    }
    expect(await textsOf(member, 50)).toEqual(texts);
  });

  test("keep the order of publications to several topics in one turn", async () => {
    await using crowd = await openCrowd(1);
    const [member] = crowd.members as [Member];
    for (const topic of ["news", "sport"]) member.socket.subscribe(topic);
    for (const [topic, text] of ["news a", "sport b", "news c", "sport d"].map((one) => one.split(" "))) {
      crowd.server.publish(topic!, text!);
    }
    expect(await textsOf(member, 4)).toEqual(["a", "b", "c", "d"]);
  });

  test("of several that publish in one turn, each gets what the others published, in order", async () => {
    await using crowd = await openCrowd(3);
    for (const { socket } of crowd.members) socket.subscribe("news");
    for (const round of [1, 2]) {
      for (const [i, { socket }] of crowd.members.entries()) socket.publish("news", `${i} in ${round}`);
    }
    const all = ["0 in 1", "1 in 1", "2 in 1", "0 in 2", "1 in 2", "2 in 2"];
    for (const [i, member] of crowd.members.entries()) {
      expect(await textsOf(member, 4)).toEqual(all.filter((text) => !text.startsWith(`${i}`)));
    }
  });

  test("made in the turn of a publication begin after it, and ended in it end after it", async () => {
    await using crowd = await openCrowd(2);
    const [early, late] = crowd.members as [Member, Member];
    early.socket.subscribe("news");
    crowd.server.publish("news", "first");
    late.socket.subscribe("news");
    early.socket.unsubscribe("news");
    crowd.server.publish("news", "second");
    for (const { socket } of crowd.members) socket.send("last");
    expect(await textsOf(early, 2)).toEqual(["first", "last"]);
    expect(await textsOf(late, 2)).toEqual(["second", "last"]);
  });

  test("are sent before the end of a connection that closes in the same turn", async () => {
    await using crowd = await openCrowd(1);
    const [{ socket, peer }] = crowd.members as [Member];
    socket.subscribe("news");
    crowd.server.publish("news", "last words");
    expect(socket.bufferedAmount).toBe(10);
    socket.close(1000);
    expect((await peer.readFrames(2)).map(({ opcode }) => opcode)).toEqual([1, 8]);
  });

  test("of one turn are taken or refused together, within bufferedBytesMax at a time", async () => {
    await using crowd = await openCrowd(1, { bufferedBytesMax: 1000 });
    const [member] = crowd.members as [Member];
    member.socket.subscribe("news");
    const refused = hear(member.socket, "error");
    for (let i = 0; i < 30; i++) crowd.server.publish("news", "x".repeat(100));
    const { error } = await refused;
    // The first ten wait, with 2 bytes of header each and what a buffer costs; the next ten are too many.
    expect(error).toMatchObject({ code: "WS_BUFFER_FULL", facts: { bufferedBytes: 1404, bytes: 1000 } });
  });

  test("may be published from inside a message", async () => {
    await using line = await openLine();
    const heard = hearMessages(line.client, 4);
    line.socket.subscribe("news");
    line.socket.onmessage = ({ data }) => {
      line.server.publish("news", `published ${data as string}`);
      line.socket.send(`sent ${data as string}`);
    };
    line.client.send("1");
    line.client.send("2");
    expect(await heard).toEqual(["published 1", "sent 1", "published 2", "sent 2"]);
  });
});

describe("subscriptions", () => {
  test("are listed, in a copy", async () => {
    await using line = await openLine();
    line.socket.subscribe("a");
    line.socket.subscribe("b");
    line.socket.subscribe("a");
    const { topics } = line.socket;
    expect([...topics]).toEqual(["a", "b"]);
    line.socket.unsubscribe("a");
    line.socket.unsubscribe("a");
    line.socket.unsubscribe("never");
    expect([[...topics], [...line.socket.topics]]).toEqual([["a", "b"], ["b"]]);
    expect(line.server.publish("a", "x")).toBe(0);
  });

  test("twice to a topic gives one message", async () => {
    await using crowd = await openCrowd(1);
    const [member] = crowd.members as [Member];
    member.socket.subscribe("news");
    member.socket.subscribe("news");
    expect(crowd.server.publish("news", "once")).toBe(1);
    member.socket.send("end");
    expect(await textsOf(member, 2)).toEqual(["once", "end"]);
  });

  test.each(["__proto__", "constructor", "hasOwnProperty", "", " ", "\ud800", "x".repeat(256)])(
    "to %j are like any other",
    async (topic) => {
      await using line = await openLine();
      expect(line.server.publish(topic, "nobody yet")).toBe(0);
      line.socket.subscribe(topic);
      expect(line.server.publish(topic, "somebody")).toBe(1);
    },
  );

  test("end with the connection", async () => {
    await using line = await openLine();
    line.socket.subscribe("news");
    const closed = hear(line.socket, "close");
    line.client.terminate();
    await closed;
    expect(line.server.publish("news", "x")).toBe(0);
    expect(line.socket.topics.size).toBe(0);
    line.socket.subscribe("news");
    expect(line.server.publish("news", "x")).toBe(0);
  });

  test("made after the transport is gone, by a listener that goes on, are none", async () => {
    await using line = await openLine();
    const gate = Promise.withResolvers<void>();
    const begun = hear(line.socket, "message");
    line.socket.onmessage = async () => {
      await gate.promise;
      line.socket.subscribe("news");
    };
    line.client.send("1");
    line.client.send("2");
    await begun;
    line.client.terminate();
    await vi.waitUntil(() => line.server.clients.size === 0);
    const closed = hear(line.socket, "close");
    gate.resolve();
    await closed;
    expect(line.server.publish("news", "x")).toBe(0);
  });

  test("of a connection that is closing are not served", async () => {
    await using crowd = await openCrowd(1);
    const [member] = crowd.members as [Member];
    member.socket.subscribe("news");
    member.socket.close(4000);
    crowd.server.publish("news", "late");
    expect(await member.peer.readClose()).toMatchObject({ code: 4000 });
    member.peer.sendClose(4000);
    await member.peer.ended;
    expect(member.peer.stream.waiting).toHaveLength(0);
  });

  test("are limited in number and in the length of a name", async () => {
    await using line = await openLine({ server: { topicsMax: 2 } });
    line.socket.subscribe("a");
    line.socket.subscribe("b");
    expect(() => line.socket.subscribe("c")).toThrow(RangeError);
    expect(() => line.socket.subscribe("c")).toThrow("subscribed to 2 topics");
    line.socket.subscribe("a");
    line.socket.unsubscribe("a");
    line.socket.subscribe("c");
    expect(() => line.socket.subscribe("x".repeat(257))).toThrow(/has 257 units, the limit is 256/);
    expect(() => line.socket.subscribe(1 as never)).toThrow(TypeError);
  });
});

describe("with permessage-deflate", () => {
  const offer = "permessage-deflate; client_max_window_bits";

  test("a publication is compressed once for all that keep no context", async () => {
    await using crowd = await openCrowd(4, { perMessageDeflate: { threshold: 0 } }, offer);
    for (const { socket } of crowd.members) socket.subscribe("news");
    const deflate = vi.spyOn(SmallFirstDeflater.prototype, "deflate");
    crowd.server.publish("news", "compressed once");
    for (const { peer } of crowd.members) {
      const { rsv, payload } = await peer.readFrame();
      expect([rsv, inflate(payload).toString()]).toEqual([4, "compressed once"]);
    }
    expect(deflate).toHaveBeenCalledTimes(1);
    deflate.mockRestore();
  });

  test("those that keep a context get it in the order of all that they are sent", async () => {
    const perMessageDeflate = { threshold: 0, serverNoContextTakeover: false };
    await using crowd = await openCrowd(2, { perMessageDeflate }, offer);
    const [first, second] = crowd.members as [Member, Member];
    for (const { socket } of crowd.members) socket.subscribe("news");
    first.socket.send("only the first has this, ");
    crowd.server.publish("news", "both have this, ");
    first.socket.send("only the first has this, ");
    crowd.server.publish("news", "both have this, ");
    for (const [{ peer }, texts] of [
      [
        first,
        ["only the first has this, ", "both have this, ", "only the first has this, ", "both have this, "],
      ],
      [second, ["both have this, ", "both have this, "]],
    ] as const) {
      let history = Buffer.alloc(0);
      for (const text of texts) {
        const { payload } = await peer.readFrame();
        expect(inflate(payload, history.length === 0 ? {} : { history }).toString()).toBe(text);
        history = Buffer.concat([history, Buffer.from(text)]);
      }
    }
  });

  test("subscribers with it and without it get the same", async () => {
    await using crowd = await openCrowd(1, { perMessageDeflate: { threshold: 0 } }, offer);
    const accepted = new Promise<WebSocketConnection>((resolve) => {
      crowd.server.onconnection = ({ socket }) => resolve(socket);
    });
    const { peer } = await requestRaw(crowd.port);
    for (const { socket } of [...crowd.members, { socket: await accepted }]) socket.subscribe("news");
    expect(crowd.server.publish("news", "the same")).toBe(2);
    expect(inflate((await crowd.members[0]!.peer.readFrame()).payload).toString()).toBe("the same");
    expect(await peer.readFrame()).toMatchObject({ rsv: 0, payload: Buffer.from("the same") });
    await peer[Symbol.asyncDispose]();
  });
});
