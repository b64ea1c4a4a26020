import { decodeEnvelope, encodeEnvelope } from "../../shared/envelope.ts";
import type {
  GuestHeader,
  GuestMessage,
  LiveSource,
  RoomHeader,
  RoomMessage,
} from "../../shared/room-messages.ts";
import { Line, type LineState } from "../connection/line.ts";
import { FrameHub } from "../live/frame-hub.ts";
import {
  initialRoomState,
  type OwnContent,
  type RoomEvent,
  type RoomState,
  reduceRoom,
} from "./room-state.ts";

/** Past this many bytes waiting to leave the browser, frames are skipped: old ones are of no use to anybody. */
const FRAME_BACKLOG_BYTES_MAX = 128 * 1024;

/**
 * The page's end of the room: joins whenever the line opens, keeps the state, and speaks the room's messages. The room
 * is this page's own server, so the shape of its messages is relied on; text from people in them is only ever text.
 */
export class RoomClient {
  readonly frames = new FrameHub();
  readonly #name: string;
  readonly #line: Line;
  readonly #listeners = new Set<() => void>();
  #state: RoomState = initialRoomState;

  constructor(url: string, name: string) {
    this.#name = name;
    this.#line = new Line(
      { url, probe: JSON.stringify({ kind: "ping" } satisfies GuestMessage) },
      {
        onState: (state) => this.#lineChanged(state),
        onText: (text) =>
          this.#dispatch({ kind: "message", message: JSON.parse(text) as RoomMessage, at: Date.now() }),
        onBytes: (bytes) => this.#receiveBytes(bytes),
      },
    );
  }

  /** The nickname that was asked for; the room may have given another. */
  get name(): string {
    return this.#name;
  }

  get state(): RoomState {
    return this.#state;
  }

  /** Calls back after each change of `state`; returns what ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  say(content: OwnContent): void {
    const ref = makeRef();
    const taken = this.#transmit(ref, content);
    this.#dispatch({ kind: "own", ref, at: Date.now(), content, taken });
  }

  sayAgain(ref: string): void {
    const entry = this.#state.entries.find((candidate) => candidate.kind === "own" && candidate.ref === ref);
    if (entry?.kind !== "own") return;
    this.#dispatch({ kind: "again", ref, taken: this.#transmit(ref, entry.content) });
  }

  discard(ref: string): void {
    this.#dispatch({ kind: "discard", ref });
  }

  startLive(source: LiveSource): void {
    this.#send({ kind: "live-start", source });
  }

  stopLive(): void {
    this.#send({ kind: "live-stop" });
  }

  get takesFrames(): boolean {
    return this.#line.state.phase === "open" && this.#line.bufferedAmount < FRAME_BACKLOG_BYTES_MAX;
  }

  sendFrame(size: { width: number; height: number }, bytes: Uint8Array): void {
    if (!this.takesFrames) return;
    const header: GuestHeader = { kind: "frame", width: size.width, height: size.height };
    this.#line.send(encodeEnvelope(header, bytes));
  }

  retryNow(): void {
    this.#line.retryNow();
  }

  /** The machine woke up or the network came back: look at the line now. */
  checkLine(): void {
    this.#line.check();
  }

  close(): void {
    this.#line.close();
  }

  #transmit(ref: string, content: OwnContent): boolean {
    if (content.kind === "said") return this.#send({ kind: "say", ref, text: content.text });
    const header: GuestHeader = { kind: "picture", ref, name: content.name };
    return this.#line.send(encodeEnvelope(header, content.bytes));
  }

  #send(message: GuestMessage): boolean {
    return this.#line.send(JSON.stringify(message));
  }

  #lineChanged(state: LineState): void {
    this.#dispatch({ kind: "line", state });
    if (state.phase === "open") this.#send({ kind: "join", name: this.#name });
  }

  #receiveBytes(bytes: Uint8Array<ArrayBuffer>): void {
    const envelope = decodeEnvelope(bytes);
    if (envelope === null) return;
    const header = envelope.header as RoomHeader;
    if (header.kind === "frame") return this.frames.deliver(header, envelope.body);
    if (header.kind !== "picture") return;
    const blob = new Blob([envelope.body], { type: header.type });
    this.#dispatch({ kind: "picture", header, blob });
  }

  #dispatch(event: RoomEvent): void {
    const next = reduceRoom(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}

/** Not `crypto.randomUUID`, which is missing where a page came by plain HTTP from another machine. */
function makeRef(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
