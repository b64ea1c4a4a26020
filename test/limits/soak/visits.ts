import { randomInt } from "node:crypto";
import type { WebSocketOptions } from "../../../src/websocket/index.ts";
import { numberedMessage } from "../numbered-message.ts";
import { Caller } from "./caller.ts";

/** One visit to a server: it connects, does something, checks what comes back, and is gone. */
export type Visit = (port: number) => Promise<void>;

const dialects: readonly WebSocketOptions[] = [
  {},
  { perMessageDeflate: true },
  { perMessageDeflate: { threshold: 0, serverNoContextTakeover: false, clientNoContextTakeover: false } },
];

export function pick<T>(from: readonly T[]): T {
  return from[randomInt(from.length)]!;
}

function open(port: number, path: string, options: WebSocketOptions = pick(dialects)): Promise<Caller> {
  return Caller.open(`ws://127.0.0.1:${port}${path}`, options);
}

let made = 0;

/** A message that is like no other, text or binary. */
function makeMessage(bytesMax: number): string | Buffer {
  const bytes = numberedMessage(made++, randomInt(bytesMax + 1));
  return made % 2 === 0 ? bytes : `${bytes.toString("latin1")} é€😀`;
}

function makeMessages(count: number, bytesMax: number): (string | Buffer)[] {
  return Array.from({ length: count }, () => makeMessage(bytesMax));
}

const echoes = ["/echo", "/patient-echo", "/iterated-echo"];

/** Visits by our own client. */
export const visits: Readonly<Record<string, Visit>> = {
  "small messages in bursts": async (port) => {
    using caller = await open(port, pick(echoes));
    for (let i = 0; i < 4; i++) await caller.exchange(makeMessages(1 + randomInt(64), 300));
    await caller.close(1000, "done");
  },
  "large messages": async (port) => {
    using caller = await open(port, pick(echoes));
    for (let i = 0; i < 2; i++) await caller.exchange(makeMessages(1 + randomInt(2), 400_000));
  },
  "pings among messages": async (port) => {
    using caller = await open(port, "/echo");
    const pong = new Promise<string>((resolve) => {
      caller.socket.addEventListener("pong", ({ data }) => resolve(data.toString()));
    });
    caller.socket.ping("are you there?");
    await caller.exchange(makeMessages(10, 2000));
    if ((await pong) !== "are you there?") throw new Error("A pong does not answer its ping");
    await caller.close(3001, "pinged");
  },
  "subscriptions and publications": async (port) => {
    using stack = new DisposableStack();
    const callers: Caller[] = [];
    for (let i = 0; i < 4; i++) callers.push(stack.use(await open(port, "/topics")));
    const topic = `room-${made++}`;
    const [publisher, ...others] = callers as [Caller, Caller, Caller, Caller];
    await Promise.all(callers.map((caller) => command(caller, `join ${topic}`)));
    for (let i = 0; i < 20; i++) {
      const text = String(makeMessage(400));
      const hearers = i % 2 === 0 ? callers : others;
      for (const caller of hearers) caller.expect([`${topic} ${text}`]);
      publisher.socket.send(`${i % 2 === 0 ? "publish" : "tell"} ${topic} ${text}`);
    }
    await Promise.all(callers.map((caller) => caller.untilAnswered()));
    await command(others[0], `leave ${topic}`);
    others[1].expect([`${topic} last`]);
    publisher.socket.send(`tell ${topic} last`);
    await others[1].untilAnswered();
    await publisher.close(1000, "");
  },
  "a reader that pauses": async (port) => {
    using caller = await open(port, "/echo", {});
    caller.socket.pause();
    const messages = makeMessages(8, 60_000);
    const answered = caller.exchange(messages);
    await new Promise(setImmediate);
    caller.socket.resume();
    await answered;
    await caller.close(1000, "");
  },
  "a close by the server": async (port) => {
    using caller = await open(port, "/close");
    caller.socket.send("enough");
    const { code, reason } = await caller.closed;
    if (code !== 4001 || reason !== "enough") throw new Error(`The server closed with ${code} "${reason}"`);
  },
  "a handler that fails": async (port) => {
    using caller = await open(port, "/throw");
    caller.socket.send("fail");
    const { code } = await caller.closed;
    if (code !== 1011) throw new Error(`A handler that fails closed with ${code}`);
  },
};

async function command(caller: Caller, text: string): Promise<void> {
  await caller.exchange([text]);
}

/** Sends for as long as it is let, now and then, on one connection. */
export async function stay(port: number, leave: AbortSignal): Promise<void> {
  using caller = await open(port, pick(echoes));
  while (!leave.aborted) {
    await caller.exchange(makeMessages(1 + randomInt(20), 1000));
    await pause(100 + randomInt(200));
  }
  await caller.close(1000, "leaves");
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
