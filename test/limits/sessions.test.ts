import { describe, expect, test } from "vitest";
import { type CloseEvent, connect, type GapEvent } from "../../src/client/index.ts";
import type { SessionConnection } from "../../src/server/index.ts";
import { sessionLimits } from "../../src/session/index.ts";
import { CuttingProxy } from "../chaos/cutting-proxy.ts";
import { serve } from "../server/serve.ts";
import { SessionPeer } from "../server/session-peer.ts";
import { MeasuredProcess } from "./measured-process.ts";
import { expectBoundedEach } from "./memory-bound.ts";
import type { SendingOutcome, SessionEndOptions } from "./programs/session-end.ts";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const sessions = 4;
/** What the machine needs for a message besides its payload, and a part of what a process at work needs for itself. */
const messageCostBytes = 256;
const otherBytes = mebibyte;

/** What a session may keep of what it sends: LIMITS.md. */
const sendingBytesMax =
  sessionLimits.bufferedSessionBytesMax.default +
  sessionLimits.bufferedMessagesMax.default * messageCostBytes +
  sessionLimits.linkBufferedBytesMax.default +
  otherBytes;

/** What it may keep of what it receives. */
const receivingBytesMax = sessionLimits.receiveBytesMax.default + otherBytes;

/** More than a peer could ever use. */
const generous = { window: [2 ** 40, 2 ** 50], streamWindow: [2 ** 40, 2 ** 50] };

/** A server in a process of its own, and peers that are open and stop reading, or are gone. */
async function openPeers(
  options: Omit<SessionEndOptions, "role" | "sessions">,
  peer: "stops reading" | "is gone",
) {
  const program = await MeasuredProcess.start("session-end", { role: "server", sessions, ...options });
  const url = `ws://127.0.0.1:${program.port}/ropeway`;
  const peers = await Promise.all(
    Array.from({ length: sessions }, async () => (await SessionPeer.opened(url, generous)).peer),
  );
  await program.note("opened");
  for (const each of peers) {
    if (peer === "is gone") each.cut();
    else each.socket.pause();
  }
  return {
    program,
    peers,
    async [Symbol.asyncDispose]() {
      for (const each of peers) each.cut();
      await program[Symbol.asyncDispose]();
    },
  };
}

/** More than may wait; the third is ten messages a second for an hour. */
const shapes = [
  { messageBytes: mebibyte, messages: 40 },
  { messageBytes: 64 * kibibyte, messages: 400, as: "text" },
  { messageBytes: 100, messages: 36_000, as: "text" },
  { messageBytes: 0, messages: 20_000 },
] as const;

/** All shapes in the first way, and in the other those that a different bound holds. */
function ways<Way extends string>(first: Way, other: Way) {
  const [large, , hour] = shapes;
  return [
    ...shapes.map((shape) => ({ ...shape, way: first })),
    ...[large, hour].map((shape) => ({ ...shape, way: other })),
  ];
}

/** Each session has taken what there is room for, and refused the rest as it says. */
function expectRefusals(outcomes: readonly SendingOutcome[], shape: (typeof shapes)[number]): void {
  expect(outcomes).toHaveLength(sessions);
  for (const { accepted, refused, bufferedAmount, refusal } of outcomes) {
    expect(accepted + refused).toBe(shape.messages);
    expect(refused).toBeGreaterThan(0);
    // What was refused is not counted either.
    expect(bufferedAmount).toBe(accepted * shape.messageBytes);
    expect(refusal).toMatch(/limit is (4194304|16384); await writable\(\)/);
  }
}

describe("a server whose peer takes nothing", () => {
  test.each(ways("stops reading", "is gone"))(
    "is told by BufferFullError, and is bounded: %o",
    async ({ way: peer, ...shape }) => {
      await using line = await openPeers({ does: "heedless", ...shape }, peer);
      line.program.command("send");
      const outcomes = (await line.program.note("sent")) as SendingOutcome[];
      const what = `a server whose peer ${peer}, messages of ${shape.messageBytes} bytes`;
      expectBoundedEach(await line.program.status(), { what, sessions, bytesMax: sendingBytesMax });
      expectRefusals(outcomes, shape);
    },
  );

  test("waits by writable, and sends all of it once the peer reads", async () => {
    const shape = { does: "writable", messages: 6000, messageBytes: 1000 } as const;
    await using line = await openPeers({ ...shape, as: "text" }, "stops reading");
    line.program.command("send");
    const stalled = await line.program.untilStill(() => 0);
    expect(stalled).toMatchObject({ isWaiting: true });
    expect(stalled.progress).toBeLessThan(sessions * shape.messages);
    expectBoundedEach(stalled, {
      what: "a server that waits by writable()",
      sessions,
      bytesMax: sendingBytesMax,
    });
    await Promise.all(line.peers.map((peer) => readAll(peer, shape.messages, shape.messageBytes)));
    const outcomes = (await line.program.note("sent")) as SendingOutcome[];
    expect(outcomes.map(({ accepted }) => accepted)).toEqual(line.peers.map(() => shape.messages));
  });
});

/** Reads and acknowledges so many messages, which must come in their order. */
async function readAll(peer: SessionPeer, messages: number, messageBytes: number): Promise<void> {
  peer.socket.resume();
  for (let number = 1; number <= messages; number++) {
    const frame = await peer.nextMessage();
    expect(frame.slice(0, frame.indexOf(":") + 9)).toBe(`${number}:${String(number - 1).padStart(8, "0")}`);
    if (number % 100 === 0)
      peer.send(`ack 0 ${number} ${number} ${number} ${2 ** 40} ${2 ** 50 + number * messageBytes}`);
  }
}

describe("a server whose handlers never settle", () => {
  const holding = { role: "server", does: "hold", sessions } as const;

  test.each([
    { messageBytes: 100_000, messages: 200 },
    { messageBytes: 100, messages: 10_000 },
  ])("gives no credit: it is bounded, and senders are told by writable(): %o", async (shape) => {
    await using program = await MeasuredProcess.start("session-end", holding);
    const url = `http://127.0.0.1:${program.port}`;
    const client = { role: "client", url, sessions, does: "writable", ...shape } as const;
    await using senders = await MeasuredProcess.start("session-end", client);
    await senders.note("opened");
    senders.command("send");
    const stalled = await senders.untilStill(() => 0);
    expect(stalled).toMatchObject({ isWaiting: true });
    const status = await program.untilStill(() => 0);
    // One handler runs in each session.
    expect(status.progress).toBe(sessions);
    const what = `handlers that never settle, messages of ${shape.messageBytes} bytes`;
    expectBoundedEach(status, { what, sessions, bytesMax: receivingBytesMax });
    expectBoundedEach(stalled, { what: `the client of that`, sessions, bytesMax: sendingBytesMax });
  });

  test("ends the session of a peer that sends on without credit, and keeps no more of it", async () => {
    const settings = { handlerTimeoutMs: 1000 };
    await using program = await MeasuredProcess.start("session-end", { ...holding, sessions: 1, settings });
    const { peer } = await SessionPeer.opened(`ws://127.0.0.1:${program.port}/ropeway`);
    const payload = "x".repeat(60_000);
    for (let number = 1; number <= 100; number++) peer.send(`${number}:${payload}`);
    expect(await peer.expectEnd()).toMatchObject({
      code: 3503,
      reason: expect.stringContaining("may send up to") as unknown,
    });
    const what = "6 MB without credit";
    expectBoundedEach(await program.status(), {
      what,
      sessions: 1,
      bytesMax: receivingBytesMax + otherBytes,
    });
    expect(await program.note("error")).toBe("SESSION_CREDIT_EXCEEDED");
  });

  test("takes parts of messages on all streams within its bound", async () => {
    await using program = await MeasuredProcess.start("session-end", holding);
    const url = `ws://127.0.0.1:${program.port}/ropeway`;
    const peers = await Promise.all(Array.from({ length: sessions }, () => SessionPeer.opened(url)));
    const half = "x".repeat(16_384);
    for (const { peer } of peers) {
      peer.send(`1@0/1000000:${half}`);
      for (let stream = 1; stream <= 64; stream++) {
        peer.say("stream", { stream, name: `s${stream}`, kind: "reliable", priority: "interactive" });
        peer.send(`${stream}.1@0/1000000:${half}`);
      }
    }
    await program.untilStill(() => 0);
    const bytesMax = receivingBytesMax + 64 * 16_384;
    expectBoundedEach(await program.status(), { what: "65 messages that do not end", sessions, bytesMax });
    expect(program.notes.has("close")).toBe(false);
    for (const { peer } of peers) peer.cut();
  });

  test("ends the session after handlerTimeoutMs, and both ends are told why", async () => {
    const settings = { handlerTimeoutMs: 200 };
    await using program = await MeasuredProcess.start("session-end", { ...holding, sessions: 1, settings });
    const connection = connect(`http://127.0.0.1:${program.port}`);
    const gap = new Promise<GapEvent>((resolve) => connection.addEventListener("gap", resolve));
    const close = new Promise<CloseEvent>((resolve) => connection.addEventListener("close", resolve));
    for (const each of ["never handled", "never begun"]) connection.send(each);
    expect(await close).toMatchObject({
      code: 3506,
      wasClean: false,
      reason: "A handler did not settle in 200 ms",
    });
    expect((await gap).sent).toEqual([{ stream: "", from: 1, to: 2 }]);
    expect(await program.note("error")).toBe("SESSION_HANDLER_TIMEOUT");
    expect(await program.note("close")).toMatchObject({ code: 3506 });
  });
});

/** Clients in a process of their own, which are open, behind a proxy. */
async function openClients(options: Omit<SessionEndOptions, "role" | "sessions" | "url">) {
  const heard = new Map<SessionConnection, number>();
  const place = await serve({}, (_socket, { session }) => {
    heard.set(session!, 0);
    session!.onmessage = () => void heard.set(session!, heard.get(session!)! + 1);
  });
  const proxy = await CuttingProxy.listen({ targetPort: Number(new URL(place.httpUrl).port) });
  const url = `http://127.0.0.1:${proxy.port}`;
  const program = await MeasuredProcess.start("session-end", { role: "client", sessions, url, ...options });
  await program.note("opened");
  return {
    program,
    proxy,
    /** Cuts the network; resolves when all clients have noticed. */
    async goOffline(): Promise<void> {
      await proxy.offline();
      await expect.poll(() => program.notes.get("suspended")).toBe(sessions);
    },
    /** How many messages each session's handler has got. */
    heard: () => [...heard.values()],
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

const byNumber = (one: number, other: number): number => one - other;
const quick = { retryDelayMsMin: 5, retryDelayMsMax: 50 };

describe("a client without a network that goes on sending", () => {
  test.each(ways("offline", "frozen"))(
    "is told by BufferFullError, is bounded, and delivers what it accepted: %o",
    async ({ way: network, ...shape }) => {
      await using line = await openClients({ does: "heedless", client: quick, ...shape });
      if (network === "offline") await line.goOffline();
      else line.proxy.freeze();
      line.program.command("send");
      const outcomes = (await line.program.note("sent")) as SendingOutcome[];
      const what = `a client that is ${network}, messages of ${shape.messageBytes} bytes`;
      expectBoundedEach(await line.program.status(), { what, sessions, bytesMax: sendingBytesMax });
      expectRefusals(outcomes, shape);
      line.proxy.release();
      await line.proxy.online();
      const accepted = outcomes.map((each) => each.accepted).toSorted(byNumber);
      await expect.poll(() => line.heard().toSorted(byNumber), { timeout: 30_000 }).toEqual(accepted);
    },
  );

  test("may tell how long a message may wait: what is older expires, and room is free again", async () => {
    const client = { ...quick, queueAgeMsMax: 50, bufferedMessagesMax: 1000 };
    const shape = { messages: 3000, messageBytes: 100 };
    await using line = await openClients({ does: "writable", client, ...shape });
    await line.goOffline();
    line.program.command("send");
    const outcomes = (await line.program.note("sent")) as SendingOutcome[];
    expect(outcomes.map(({ accepted }) => accepted)).toEqual(outcomes.map(() => shape.messages));
    const bytesMax = 1000 * (shape.messageBytes + messageCostBytes) + otherBytes;
    const what = "a client whose messages expire";
    expectBoundedEach(await line.program.status(), { what, sessions, bytesMax });
    await expect
      .poll(() => line.program.notes.get("expired"), { timeout: 10_000 })
      .toEqual({ count: sessions * shape.messages, reason: "expired" });
    expect(line.heard()).toEqual(outcomes.map(() => 0));
  });
});
