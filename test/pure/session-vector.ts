import type { ClientSessionOptions, SessionRegistryOptions, SessionStream } from "../../src/session/index.ts";
import { fromHex } from "./recorded-link.ts";
import { ClientEnd, decided, type EndConditions, type EndOutput, ServerEnd } from "./session-ends.ts";

/** An exchange as data; conformance/sessions/README.md says what its members mean. */
export interface SessionVector {
  readonly title: string;
  readonly about: string;
  readonly role: "client" | "server";
  readonly options?: ClientSessionOptions & SessionRegistryOptions;
  readonly conditions?: EndConditions;
  /** The exchange begins with an open session: what it was opened with is in `openedWith`. */
  readonly begin?: "opened";
  readonly steps: readonly VectorStep[];
}

export type VectorStep = Readonly<Record<string, unknown>>;

/** Does to an end of ours what the vector does to it, and returns the steps with what our end did. */
export async function playVector(vector: SessionVector): Promise<VectorStep[]> {
  const { role, options, conditions, steps } = vector;
  const end = role === "client" ? new ClientEnd(options, conditions) : new ServerEnd(options, conditions);
  if (vector.begin === "opened") await openEnd(end);
  const played: VectorStep[] = [];
  for (const step of steps.filter(isInput)) {
    played.push(step);
    try {
      perform(end, step);
    } catch (error) {
      end.note({ event: "throws", name: (error as Error).name });
    }
    await decided();
    for (const output of end.takeOutputs()) played.push(withoutLink(output, end.links.length));
  }
  return played;
}

/** Opens a session on the first link, as it is in the vectors that begin with an open one. */
export async function openEnd(end: End): Promise<void> {
  if (end instanceof ClientEnd) {
    end.machine.start();
    for (const frame of openedWith.client) end.receive(frame);
  } else {
    end.accept();
    end.receive(openedWith.server);
    await decided();
  }
  end.takeOutputs();
  end.link.take();
}

const terms = '"messageBytesMax":1048576,"streamsMax":64,"window":[1024,262144],"streamWindow":[16,16384]';

/** What the other end sends until a session is open. */
export const openedWith = {
  client: [
    'hello {"messageBytesMax":1048576,"streamsMax":64,"suspendedMsMax":120000}',
    `opened {"session":"session-1-of-22-chars0","secret":"secret-1-of-22-chars00","linkEpoch":1,"protocol":"",${terms}}`,
  ],
  server: `open {"nonce":"nonce-1-of-22-chars000","linkEpoch":1,"protocols":[],${terms}}`,
} as const;

function isInput(step: VectorStep): boolean {
  return "receive" in step || "receiveBinary" in step || "call" in step || "advance" in step;
}

/** The newest link goes without saying. */
function withoutLink(output: EndOutput, newest: number): VectorStep {
  const { link, ...others } = output as { link?: number };
  return link === undefined || link === newest ? others : { ...others, link };
}

type End = ClientEnd | ServerEnd;

function perform(end: End, step: VectorStep): void {
  const link = step["link"] === undefined ? end.link : end.links[Number(step["link"]) - 1]!;
  const { receive, padTo = 0 } = step as { receive?: string; padTo?: number };
  if (receive !== undefined) end.receive(receive.padEnd(padTo, "x"), link);
  else if (typeof step["receiveBinary"] === "string") end.receive(fromHex(step["receiveBinary"]), link);
  else if (typeof step["advance"] === "number") end.advance(step["advance"]);
  else if (step["call"] === "loseLink") end.lose(link);
  else callEnd(end, step);
}

function callEnd(end: End, step: VectorStep): void {
  const name = step["call"];
  if (end instanceof ClientEnd && name === "start") end.machine.start();
  else if (end instanceof ClientEnd && name === "suspectLink") end.machine.suspectLink();
  else if (end instanceof ServerEnd && name === "accept") end.accept();
  else if (end instanceof ServerEnd && name === "drain") end.registry.drain();
  else if (end instanceof ServerEnd && name === "endAll") end.registry.endAll();
  else callSession(end, step);
}

function callSession(end: End, step: VectorStep): void {
  const { session } = end;
  const { call, payload, hex, key, code, reason } = step as Readonly<Record<string, string>>;
  if (call === "send") streamOf(end, step).send(payload ?? fromHex(hex!), { key: key ?? "" });
  else if (call === "settle") end.settle(streamOf(end, step));
  else if (call === "close") session.close(Number(code), reason);
  else if (call === "terminate") session.terminate();
  else throw new Error(`There is no call ${call}`);
}

function streamOf({ session }: End, { stream = "", kind, priority }: VectorStep): SessionStream {
  if (stream === "") return session.main;
  return session.stream(stream as string, { kind, priority } as object);
}

/**
 * A step as it is compared: control frames by what their JSON says, and without the reasons of `end`, which are for
 * people.
 */
export function comparable(step: VectorStep): unknown {
  const frame = step["send"];
  const match = typeof frame === "string" ? /^([a-z]+) (\{.*\})$/s.exec(frame) : null;
  if (match === null) return step;
  const [, word, json] = match as unknown as [string, string, string];
  const members = JSON.parse(json) as Record<string, unknown>;
  if (word === "end") delete members["reason"];
  return { ...step, send: [word, members] };
}
