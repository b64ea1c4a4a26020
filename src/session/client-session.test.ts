import { describe, expect, test } from "vitest";
import { ascii } from "../../test/pure/recorded-link.ts";
import { ClientEnd, type EndEvent } from "../../test/pure/session-ends.ts";
import { openedWith, openEnd } from "../../test/pure/session-vector.ts";
import type { ClientSessionOptions } from "./client-session.ts";

const [hello, opened] = openedWith.client;
const position =
  '{"stream":0,"have":0,"byteOffset":0,"bytes":0,"started":0,"done":0,"messagesMax":1024,"bytesMax":262144}';

function resumed(linkEpoch: number): string {
  return `resumed {"linkEpoch":${linkEpoch},"secret":"secret-${linkEpoch}","streams":[${position}]}`;
}

async function openClient(options: ClientSessionOptions = {}): Promise<ClientEnd> {
  const client = new ClientEnd(options);
  await openEnd(client);
  return client;
}

/** A client that has lost its link, and begun another. */
async function lostClient(): Promise<ClientEnd> {
  const client = await openClient();
  client.lose();
  client.advance(250);
  client.takeEvents();
  return client;
}

function eventNames(client: ClientEnd): unknown[] {
  return client.takeEvents().map(({ event, state }: EndEvent) => state ?? event);
}

describe("connecting", () => {
  test("may begin with a link that is open already", () => {
    const client = new ClientEnd();
    const link = client.newLink();
    client.machine.start(link);
    expect(eventNames(client)).toEqual([]);
    client.receive(hello);
    expect(link.take()[0]).toMatch(/^open /);
  });

  test("tries again, later each time, while no link can be begun", () => {
    const client = new ClientEnd();
    client.isOnline = false;
    client.machine.start();
    client.advance(750);
    const pauses = client.takeEvents().map(({ retryInMs }) => retryInMs);
    expect(pauses).toEqual([250, 500, 1000]);
    expect(client.machine.state).toBe("connecting");
  });

  test("starts again with short pauses when the network is said to be back", () => {
    const client = new ClientEnd();
    client.isOnline = false;
    client.machine.start();
    client.advance(10_000);
    client.takeEvents();
    client.machine.retryNow();
    expect(client.takeEvents()).toMatchObject([{ state: "connecting", retryInMs: 250 }]);
  });

  test("tries at once when the network is back", () => {
    const client = new ClientEnd();
    client.isOnline = false;
    client.machine.start();
    client.isOnline = true;
    client.machine.retryNow();
    expect(eventNames(client)).toEqual(["connecting", "link"]);
    client.machine.retryNow();
    expect(eventNames(client)).toEqual([]);
  });

  test("tries again when there is no token", () => {
    const client = new ClientEnd();
    client.fetchToken = (_, fail) => fail(new Error("the login is away"));
    client.machine.start();
    client.receive(hello);
    expect(client.link.closedWith).toBe(1000);
    expect(eventNames(client)).toEqual(["link", "connecting"]);
  });

  test("does not use a token that comes when the link is gone", () => {
    const client = new ClientEnd();
    const late: (() => void)[] = [];
    client.fetchToken = (give, fail) =>
      void late.push(
        () => give("t"),
        () => fail(undefined),
      );
    client.machine.start();
    client.receive(hello);
    client.lose();
    for (const answer of late) answer();
    expect(client.link.take()).toEqual([]);
  });

  test("counts time from each link's begin", () => {
    const client = new ClientEnd({ connectTimeoutMs: 100, retryDelayMsMin: 10, retryDelayMsMax: 10 });
    client.machine.start();
    client.advance(99);
    expect(client.link.closedWith).toBeUndefined();
    client.advance(1);
    expect(client.links[0]!.closedWith).toBe(1000);
    client.advance(5);
    expect(client.links).toHaveLength(2);
  });
});

describe("links that are not the session's", () => {
  test("are not heard any more", async () => {
    const client = await lostClient();
    const [old] = client.links;
    client.receive("1:late", old);
    client.receive(ascii("1:late"), old);
    client.lose(old);
    client.machine.linkDrained(old!);
    expect(client.takeEvents()).toEqual([]);
  });

  test("may not bring bytes", async () => {
    const client = await lostClient();
    client.receive(ascii("1:x"));
    expect([client.link.closedWith, client.machine.state]).toEqual([3503, "closed"]);
  });

  test("are not needed while another answers", async () => {
    const client = await openClient();
    client.machine.suspectLink();
    client.receive("pong 1", client.links[0]);
    client.receive(hello);
    expect([client.link.closedWith, client.session.link]).toEqual([1000, client.links[0]]);
  });

  test("serve when the doubted one is lost meanwhile", async () => {
    const client = await openClient();
    client.machine.suspectLink();
    client.lose(client.links[0]);
    expect(client.machine.state).toBe("suspended");
    client.receive(hello);
    client.receive(resumed(2));
    expect([client.machine.state, client.session.link]).toEqual(["connected", client.link]);
  });

  test("leave the session alone when they are lost", async () => {
    const client = await openClient();
    client.machine.suspectLink();
    client.lose();
    client.receive("pong 1", client.links[0]);
    expect(client.machine.state).toBe("connected");
  });

  test("are closed with the session", async () => {
    const client = await openClient();
    client.machine.suspectLink();
    client.session.terminate();
    expect(client.link.closedWith).toBe(1000);
    client.machine.retryNow();
    client.advance(60_000);
    expect(client.links).toHaveLength(2);
  });
});

describe("the session's link", () => {
  test("is asked once beside another, however often it is doubted", async () => {
    const client = await openClient();
    client.machine.suspectLink();
    client.machine.suspectLink();
    expect([client.links.length, client.links[0]!.take()]).toEqual([2, ["ping 1", "ping 2"]]);
  });

  test("is replaced at once when there is none", async () => {
    const client = await openClient();
    client.lose();
    client.machine.suspectLink();
    expect(client.links).toHaveLength(2);
  });

  test("may be given up", async () => {
    const client = await openClient();
    client.machine.dropLink();
    expect([client.link.closedWith, client.machine.state]).toEqual([3001, "suspended"]);
    client.machine.dropLink();
    expect(eventNames(client)).toEqual(["suspended"]);
  });

  test("takes more when it has room again", async () => {
    const client = await openClient();
    client.link.bufferedAmount = 1e6;
    client.session.main.send("x");
    client.link.bufferedAmount = 0;
    client.machine.linkDrained(client.link);
    client.machine.linkDrained(client.link);
    expect(client.link.take()).toEqual(["1:x"]);
  });

  test.each(["end {", "end []", 'end {"code":"3500"}'])(
    "is lost by %j, which tells nothing",
    async (frame) => {
      const client = await openClient();
      client.receive(frame);
      expect(client.takeEvents()).toMatchObject([{ state: "suspended", code: 1006, retryInMs: 250 }]);
    },
  );

  test.each([
    ["", "suspended"],
    [',"linkEpoch":1', "suspended"],
    [',"linkEpoch":2', "closed"],
  ])("fenced with %j is %s", async (linkEpoch, state) => {
    const client = await openClient();
    client.receive(`end {"code":3500,"reason":""${linkEpoch}}`);
    expect(client.machine.state).toBe(state);
  });

  test("passes bytes on", async () => {
    const client = await openClient();
    client.receive(ascii("1:x"));
    expect(client.takeEvents()).toMatchObject([{ event: "message", hex: "78" }]);
  });
});

describe("the server has lost the session", () => {
  test("and no other is asked for if the application ends it then", async () => {
    const client = await lostClient();
    client.receive(hello);
    client.link.take();
    client.onGap = () => client.session.terminate();
    client.receive("unknown {}");
    expect([client.link.take(), client.machine.state]).toEqual([[], "closed"]);
  });

  test("and what was not taken is still handled, on the stream of the next session, too", async () => {
    const client = new ClientEnd({}, { handlers: "slow" });
    await openEnd(client);
    const name = 'stream {"stream":1,"name":"a","kind":"reliable","priority":"interactive"}';
    for (const frame of [name, "1.1:a", "1.2:b"]) client.receive(frame);
    client.lose();
    client.advance(250);
    for (const frame of [hello, "unknown {}", opened, name, "1.1:c"]) client.receive(frame);
    client.settle(client.session.stream("a"));
    client.settle(client.session.stream("a"));
    const messages = client.takeEvents().filter(({ event }) => event === "message");
    expect(messages.map(({ payload }) => payload)).toEqual(["a", "b", "c"]);
  });

  test("and messages too long for the next are given back", async () => {
    const client = new ClientEnd();
    client.machine.start();
    client.session.main.send("long");
    client.receive(hello);
    client.receive(opened.replace("1048576", "3"));
    expect(client.takeEvents()).toContainEqual({
      event: "expired",
      payload: "long",
      stream: "",
      reason: "dropped",
    });
  });
});

describe("a session that has not begun", () => {
  test("has streams already, as many as this end allows", () => {
    const client = new ClientEnd({ streamsMax: 1 });
    client.session.stream("a").send("early");
    expect(() => client.session.stream("b")).toThrow("A session has at most 1 named streams");
    client.machine.start();
    for (const frame of [hello, opened]) client.receive(frame);
    expect(client.link.take().at(-1)).toBe("1.1:early");
  });
});

describe("a server that goes away", () => {
  test("is not waited for when the application ends the session then", async () => {
    const client = await openClient();
    client.receive("drain {}");
    client.session.main.send("held");
    client.onRoom = () => client.session.terminate();
    client.receive('bye {"retryAfterMs":5}');
    client.advance(1000);
    expect([client.machine.state, client.links.length]).toEqual(["closed", 1]);
  });
});

describe("an error of the application", () => {
  test("is thrown where it happens", async () => {
    const client = new ClientEnd();
    client.fetchToken = () => {
      throw new Error("an own mistake");
    };
    client.machine.start();
    expect(() => client.receive(hello)).toThrow("an own mistake");
  });
});

describe("resuming", () => {
  test("works 100 times, and nothing is lost or repeated", async () => {
    const client = await openClient();
    client.session.main.send("x");
    for (let linkEpoch = 2; linkEpoch < 102; linkEpoch++) {
      client.machine.dropLink();
      client.machine.retryNow();
      client.receive(hello);
      client.receive(resumed(linkEpoch));
      expect(client.link.take().slice(1)).toEqual(["1:x", "ack 0 0 0 0 1024 262144"]);
    }
    expect(client.session.bufferedMessages).toBe(1);
  });
});
