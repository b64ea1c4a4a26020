import { describe, expect, test } from "vitest";
import { ClientEnd, decided, type EndConditions, ServerEnd } from "../../test/pure/session-ends.ts";
import { openedWith, openEnd } from "../../test/pure/session-vector.ts";

const [hello] = openedWith.client;
const nothingHad =
  '{"stream":0,"have":0,"byteOffset":0,"bytes":0,"started":0,"done":0,"messagesMax":1024,"bytesMax":262144}';
const resumed = (linkEpoch: number) =>
  `resumed {"linkEpoch":${linkEpoch},"secret":"secret-${linkEpoch}","streams":[${nothingHad}]}`;

async function drainedClient(): Promise<ClientEnd> {
  const client = new ClientEnd();
  await openEnd(client);
  client.receive("drain {}");
  return client;
}

async function drainingServer(conditions: EndConditions = {}): Promise<ServerEnd> {
  const server = new ServerEnd({}, conditions);
  await openEnd(server);
  server.registry.drain();
  return server;
}

describe("a client whose server goes away", () => {
  test("holds new messages", async () => {
    const client = await drainedClient();
    client.session.main.send("for the next session");
    expect(client.link.take()).toEqual(["drain {}"]);
  });

  test("sends them if the server closes after all", async () => {
    const client = await drainedClient();
    client.session.main.send("held");
    client.receive('close {"code":4000,"reason":""}');
    expect(client.link.take()).toEqual(["drain {}", "1:held", 'close {"code":4000,"reason":""}']);
  });

  test("sends them on another link whose server does not go away", async () => {
    const client = await drainedClient();
    client.session.main.send("held");
    client.lose();
    client.advance(250);
    client.receive(hello);
    client.receive(resumed(2));
    expect(client.link.take()).toContain("1:held");
  });

  test("opens another session later, and has not lost one", async () => {
    const client = await drainedClient();
    client.session.stream("side").send("held");
    client.receive('bye {"retryAfterMs":350}');
    expect(client.takeEvents()).toMatchObject([{ state: "suspended", retryInMs: 350 }]);
    client.advance(350);
    for (const frame of openedWith.client) client.receive(frame);
    expect(client.link.take().slice(1)).toEqual([
      'stream {"stream":1,"name":"side","kind":"reliable","priority":"interactive"}',
      "1.1:held",
    ]);
  });

  test("closes in the next session what it wished to close", async () => {
    const client = await drainedClient();
    client.session.close(1000, "done");
    client.receive('bye {"retryAfterMs":0}');
    client.advance(0);
    for (const frame of openedWith.client) client.receive(frame);
    expect(client.link.take().at(-1)).toBe('close {"code":1000,"reason":"done"}');
  });

  test.each(["drain", "drain x", "drain []"])("takes no %j for it", async (frame) => {
    const client = new ClientEnd();
    await openEnd(client);
    client.receive(frame);
    expect(client.link.closedWith).toBe(3503);
  });
});

describe("a server that goes away", () => {
  test("still sends answers, also after the client has said that it holds its messages", async () => {
    const server = await drainingServer({ handlers: "slow" });
    server.receive("1:a question");
    server.receive("drain {}");
    server.session.main.send("an answer");
    expect(server.link.take().at(-1)).toBe("1:an answer");
  });

  test("may close all the same", async () => {
    const server = await drainingServer();
    server.session.main.send("more");
    server.receive("drain {}");
    server.session.close(4000, "");
    server.receive("1~1:held before");
    server.receive('close {"code":4000,"reason":""}');
    expect(server.takeEvents().at(-1)).toMatchObject({ event: "close", code: 4000, wasClean: true });
  });

  test("asks a client that resumes", async () => {
    const server = await drainingServer();
    server.lose();
    server.accept();
    server.receive(
      `resume {"session":"session-1-of-22-chars0","secret":"secret-1-of-22-chars00","linkEpoch":2,"streams":[${nothingHad}]}`,
    );
    await decided();
    expect(server.link.take().at(-1)).toBe("drain {}");
  });

  test("takes a drain of nobody who was asked for misuse", async () => {
    const server = new ServerEnd();
    await openEnd(server);
    server.receive("drain {}");
    expect(server.link.closedWith).toBe(3503);
  });

  test("is not told by a client that it goes away", async () => {
    const server = new ServerEnd();
    await openEnd(server);
    server.receive('bye {"retryAfterMs":1}');
    expect(server.link.closedWith).toBe(3503);
  });

  test("ends what is not done when its time is over", async () => {
    const server = await drainingServer();
    server.registry.endAll();
    expect(server.takeEvents()).toMatchObject([{ event: "close", code: 3000, wasClean: false }]);
  });
});
