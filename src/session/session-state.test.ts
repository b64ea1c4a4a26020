import { describe, expect, test } from "vitest";
import { ClientEnd, decided, ServerEnd } from "../../test/pure/session-ends.ts";
import { MemoryDirectory, type SessionState } from "./index.ts";

/** Carries frames both ways until there are none; `isLost` says which do not arrive. */
async function carry(
  client: ClientEnd,
  server: ServerEnd,
  isLost = (_frame: unknown) => false,
): Promise<void> {
  const [up, down] = [client.link, server.link];
  for (let isQuiet = false; !isQuiet; ) {
    const frames = up.takeFrames();
    for (const frame of frames) if (!isLost(frame)) server.receive(frame, down);
    await decided();
    const answers = down.takeFrames();
    for (const frame of answers) if (!isLost(frame)) client.receive(frame, up);
    isQuiet = frames.length + answers.length === 0;
  }
}

async function connect(client: ClientEnd, server: ServerEnd): Promise<void> {
  server.accept();
  await carry(client, server);
}

function messagesOf(end: ClientEnd | ServerEnd): unknown[] {
  return end.takeEvents().flatMap((event) => (event.event === "message" ? [event.payload ?? event.hex] : []));
}

/** Two servers with one directory, and a client at the first. */
async function moving(conditions: { handlers?: "quick" | "none" } = {}) {
  const directory = new MemoryDirectory();
  const first = new ServerEnd(
    { directory, node: "first" },
    { ...conditions, texts: ["session-1", "secret-1"] },
  );
  const second = new ServerEnd({ directory, node: "second" }, { texts: ["secret-2"] });
  const client = new ClientEnd();
  client.machine.start();
  await connect(client, first);
  return { directory, first, second, client };
}

async function move(state: SessionState, second: ServerEnd): Promise<boolean> {
  return second.registry.import(structuredClone(state), { user: "anybody", request: undefined });
}

describe("SessionState", () => {
  test("has streams that only one end has used", async () => {
    const { first, second, client } = await moving();
    first.session.stream("mine").send("one");
    expect(await move(first.registry.export("session-1")!, second)).toBe(true);
    client.lose();
    client.advance(250);
    await connect(client, second);
    expect(messagesOf(client)).toEqual(["one"]);
  });

  test("lets another server go on, with nothing lost or repeated either way", async () => {
    const { first, second, client } = await moving();
    client.session.main.send("one");
    await carry(client, first);
    expect(messagesOf(first)).toEqual(["one"]);
    client.session.main.send("two");
    first.session.main.send("answer");
    client.link.takeFrames();
    first.link.takeFrames();
    const state = first.registry.export("session-1")!;
    expect(await move(state, second)).toBe(true);
    client.lose();
    client.advance(1000);
    await connect(client, second);
    expect([messagesOf(second), messagesOf(client)]).toEqual([["two"], ["answer"]]);
    expect(client.machine.state).toBe("connected");
  });

  test("carries what had come and was not taken, parts of a message included", async () => {
    const { first, second, client } = await moving({ handlers: "none" });
    client.session.main.send("whole");
    client.session.main.send(new Uint8Array(40_000).fill(7));
    client.session.stream("named").send("on a stream");
    await carry(
      client,
      first,
      (frame) => frame instanceof Uint8Array && !String.fromCharCode(...frame.subarray(0, 4)).includes("@0"),
    );
    await move(first.registry.export("session-1")!, second);
    client.lose();
    client.advance(1000);
    await connect(client, second);
    expect(messagesOf(second)).toEqual(["whole", "on a stream", "07".repeat(40_000)]);
  });

  test("is refused after somebody else has claimed the session", async () => {
    const { directory, first, second } = await moving();
    const state = first.registry.export("session-1")!;
    await directory.claim("session-1", "third", state.fencingToken);
    expect(await move(state, second)).toBe(false);
    expect(second.registry.size).toBe(0);
  });

  test("ends the session where it was, without a gap", async () => {
    const { first } = await moving();
    first.takeEvents();
    first.registry.export("session-1");
    expect(first.takeEvents()).toEqual([
      { event: "close", code: 3000, reason: "The session goes on at another server", wasClean: true },
    ]);
    expect([first.registry.size, first.registry.export("session-1")]).toEqual([0, undefined]);
  });

  test("has the time that is left in place of times", async () => {
    const { first, second } = await moving();
    first.lose();
    first.advance(50_000);
    await move(first.registry.export("session-1")!, second);
    second.advance(69_999);
    expect(second.registry.size).toBe(1);
    second.advance(2);
    expect(second.registry.size).toBe(0);
  });
});
