import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WebSocketConnection } from "../../src/websocket/index.ts";
import { decodeFrame, type Frame, opcodes } from "../raw-peer/frame.ts";
import { openPair, type Pair, roles } from "../raw-peer/open-pair.ts";
import type { RawPeer } from "../raw-peer/raw-peer.ts";
import { type ReceivedEvent, receivedEvents, type ReceiverSetup } from "./received-events.ts";
import { cut, cutPlaces, validStream } from "./streams.ts";

const timeout = 60_000;
const numRuns = 150;
const last = "the last of all";

/** How the peer goes on to the next write. */
const gaps = ["at once", "next turn", "after what came"] as const;

interface Written {
  readonly piece: Uint8Array;
  readonly gap: (typeof gaps)[number];
}

/** What a connection told, with the data as it came, which must not change later. */
type KeptEvent = readonly [kind: string, ...facts: (string | number | Buffer)[]];

/** Everything that a connection told, in order. Messages are echoed. */
function journalOf(connection: WebSocketConnection): { events: KeptEvent[]; closed: Promise<void> } {
  const events: KeptEvent[] = [];
  connection.binaryType = "nodebuffer";
  connection.onmessage = ({ data }) => {
    events.push(typeof data === "string" ? ["text", data] : ["binary", data as Buffer]);
    connection.send(data);
  };
  connection.onerror = (event) => events.push(["error", String((event as { error?: unknown }).error)]);
  for (const type of ["ping", "pong"] as const) {
    connection.addEventListener(type, ({ data }) => events.push([type, data]));
  }
  const closed = new Promise<void>((resolve) => {
    connection.onclose = ({ code, reason }) => {
      events.push(["close", code, Buffer.from(reason).toString("hex")]);
      resolve();
    };
  });
  return { events, closed };
}

/** The event as `receivedEvents` says it. */
function readable([kind, ...facts]: KeptEvent): ReceivedEvent {
  return [kind, ...facts.map((fact) => (Buffer.isBuffer(fact) ? fact.toString("hex") : fact))];
}

/** Writes the pieces, however they cut or join frames, and reads so many echoes and the pong to `last`, or a Close frame. */
async function exchange(peer: RawPeer, pieces: readonly Written[], echoes: number): Promise<Frame[]> {
  const answers: Frame[] = [];
  for (const { piece, gap } of pieces) {
    peer.write(piece);
    if (gap === "next turn") await new Promise(setImmediate);
    // There may be none, as the piece may end inside a frame.
    if (gap === "after what came") while (hasFrame(peer)) answers.push(await peer.readFrame());
  }
  const isDone = (): boolean =>
    answers.some(({ opcode }) => opcode === opcodes.close) ||
    (answers.some(({ payload }) => payload.toString() === last) &&
      answers.filter(({ opcode }) => opcode <= opcodes.binary).length >= echoes);
  while (!isDone()) answers.push(await peer.readFrame());
  return answers;
}

function hasFrame({ stream }: RawPeer): boolean {
  return decodeFrame(stream.waiting) !== undefined;
}

function isMessage([kind]: ReceivedEvent): boolean {
  return kind === "text" || kind === "binary";
}

/** Messages are echoed in order, and pings answered in order, though before messages that wait. */
function expectAnswers(answers: readonly Frame[], events: readonly ReceivedEvent[]): void {
  const told = answers.map(({ opcode, payload }): ReceivedEvent => {
    if (opcode === opcodes.text) return ["text", payload.toString()];
    const kind = opcode === opcodes.binary ? "binary" : opcode === opcodes.pong ? "ping" : "close";
    return [kind, payload.toString("hex")];
  });
  const isPing = ([kind]: ReceivedEvent): boolean => kind === "ping";
  expect(told.filter(isMessage)).toEqual(events.filter(isMessage));
  expect(told.filter(isPing)).toEqual(events.filter(isPing));
}

/** The streams one after another, up to one that may not follow: those before it were broken off inside a message. */
function joinValid(parts: readonly Buffer[], setup: ReceiverSetup): Buffer {
  let whole = Buffer.alloc(0);
  for (const part of parts) {
    const longer = Buffer.concat([whole, part]);
    if (receivedEvents(setup, [longer]).some(([kind]) => kind === "error")) break;
    whole = longer;
  }
  return whole;
}

async function open(role: Pair["role"], deflate: boolean): Promise<Pair> {
  const extensions = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  // Nothing is compressed on the way back, so that the peer reads it as it is.
  const options = { perMessageDeflate: deflate && { threshold: 2 ** 30 } };
  return openPair(role, deflate ? { options, extensions } : {});
}

const setups = roles.flatMap((role) => [false, true].map((deflate) => ({ role, deflate })));

describe.each(setups)("a $role, permessage-deflate: $deflate, on a socket", ({ role, deflate }) => {
  test("hears and answers the same, however its peer cuts and joins frames into writes", {
    timeout,
  }, async () => {
    const streams = fc.array(validStream(role, deflate), { minLength: 1, maxLength: 4 });
    const writes = fc.array(fc.constantFrom(...gaps), { minLength: 9, maxLength: 9 });
    const property = fc.asyncProperty(streams, cutPlaces, writes, async (parts, places, between) => {
      await using pair = await open(role, deflate);
      const { events, closed } = journalOf(pair.engine.connection);
      const end = pair.peer.encode({ opcode: opcodes.ping, payload: last });
      const bytes = Buffer.concat([joinValid(parts, { role, deflate }), end]);
      const pieces = cut(bytes, places).map((piece, i) => ({ piece, gap: between[i]! }));
      const expected = receivedEvents({ role, deflate }, [bytes]);
      const answers = await exchange(pair.peer, pieces, expected.filter(isMessage).length);
      if (expected.at(-1)![0] === "close") {
        pair.peer.end();
        await closed;
      }
      expect(events.map(readable)).toEqual(expected);
      expectAnswers(answers, expected);
    });
    await fc.assert(property, {
      numRuns,
      timeout: 10_000,
      interruptAfterTimeLimit: timeout / 2,
      markInterruptAsFailure: true,
    });
  });
});
