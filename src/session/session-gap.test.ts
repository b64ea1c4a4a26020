import { describe, expect, test } from "vitest";
import { ClientEnd } from "../../test/pure/session-ends.ts";
import { openedWith, openEnd } from "../../test/pure/session-vector.ts";
import type { ClientSessionOptions } from "./client-session.ts";

const [hello, opened] = openedWith.client;
/** What the server may have sent on stream 0, and on one that nobody has heard of. */
const unheard = [
  { stream: "", from: 1, to: 1024 },
  { stream: null, from: 1, to: 16 },
];

async function openClient(options: ClientSessionOptions = {}): Promise<ClientEnd> {
  const client = new ClientEnd(options);
  await openEnd(client);
  return client;
}

/** The server was restarted: the session is lost, and another one opened. Returns the gap. */
function restart(client: ClientEnd): unknown {
  client.lose();
  client.machine.retryNow();
  client.takeEvents();
  client.receive(hello);
  client.receive("unknown {}");
  const gap = client.takeEvents().find(({ event }) => event === "gap");
  client.receive(opened);
  return { sent: gap?.["sent"], received: gap?.["received"] };
}

describe("the gap of a lost session", () => {
  test("has nothing sent where nothing was", async () => {
    expect(restart(await openClient())).toEqual({ sent: [], received: unheard });
  });

  test("is of reliable streams what was sent, and of all what could have come", async () => {
    const client = await openClient();
    client.session.stream("a").send("x");
    client.session.stream("b", { kind: "latest" }).send("x");
    client.receive('stream {"stream":1,"name":"b","kind":"latest","priority":"interactive"}');
    client.receive("1.1:y");
    expect(restart(client)).toEqual({
      sent: [{ stream: "a", from: 1, to: 1 }],
      received: [unheard[0], { stream: "b", from: 2, to: 1024 }, unheard[1]],
    });
  });

  test("counts messages that expired, though they had no number", async () => {
    const client = await openClient({ queueAgeMsMax: 100 });
    client.session.main.send("1");
    client.lose();
    client.session.main.send("2, which expires");
    client.advance(100);
    client.machine.retryNow();
    client.receive(hello);
    client.receive("unknown {}");
    client.receive(opened);
    client.session.main.send("3");
    expect(restart(client)).toMatchObject({ sent: [{ from: 3, to: 3 }] });
  });

  test("goes on counting over sessions", async () => {
    const client = await openClient();
    client.session.main.send("1");
    expect(restart(client)).toMatchObject({ sent: [{ from: 1, to: 1 }] });
    client.session.main.send("2");
    client.receive("ack 0 1 1 1 1024 262144");
    client.session.main.send("3");
    client.session.main.send("4");
    expect(restart(client)).toMatchObject({ sent: [{ from: 3, to: 4 }] });
    expect(client.session.bufferedMessages).toBe(0);
  });

  test("leaves out what was never transmitted, which goes out in the next session", async () => {
    const client = await openClient();
    client.lose();
    client.session.main.send("1");
    expect(restart(client)).toMatchObject({ sent: [] });
    expect(client.link.take().at(-1)).toBe("1:1");
  });

  test("has what was never transmitted if no session follows", async () => {
    const client = await openClient();
    client.session.main.send("1");
    client.lose();
    client.session.main.send("2");
    client.session.terminate();
    const end = client.takeEvents().find(({ event }) => event === "close");
    expect(end?.["gap"]).toMatchObject({
      sent: [
        { from: 1, to: 1 },
        { from: 2, to: 2 },
      ],
    });
  });

  test("has no streams without a name where the server may name no more", async () => {
    const client = await openClient({ streamsMax: 0 });
    expect(restart(client)).toEqual({ sent: [], received: [unheard[0]] });
  });
});
