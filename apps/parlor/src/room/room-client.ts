import {
  type Connection,
  connect,
  type GapEvent,
  type MessageData,
  type MessageStream,
} from "../../../../src/client/index.ts";
import { decodeEnvelope, encodeEnvelope } from "../../shared/envelope.ts";
import { ROOM_LIMITS } from "../../shared/room-limits.ts";
import type {
  DoorMessage,
  GuestHeader,
  GuestMessage,
  JoinMessage,
  LiveSource,
  RoomHeader,
  RoomMessage,
} from "../../shared/room-messages.ts";
import { ROOM_STREAMS } from "../../shared/room-streams.ts";
import { lineStateOf } from "../connection/line-state.ts";
import { FrameHub } from "../live/frame-hub.ts";
import {
  initialRoomState,
  type OwnContent,
  type RoomEvent,
  type RoomState,
  reduceRoom,
} from "./room-state.ts";
import { SentMessages } from "./sent-messages.ts";

/** Past this many bytes that the room has not taken, frames are skipped: old ones are of no use to anybody. */
const FRAME_BACKLOG_BYTES_MAX = 128 * 1024;
const LIMITS = {
  messageBytesMax: ROOM_LIMITS.pictureBytesMax + ROOM_LIMITS.envelopeHeaderBytesMax + 4,
  bufferedBytesMax: ROOM_LIMITS.bufferedBytesMax,
};

/** A session with the room and its streams. */
interface RoomLine {
  readonly talk: Connection;
  readonly door: MessageStream;
  readonly pictures: MessageStream;
  readonly live: MessageStream;
}

/**
 * The page's end of the room: says who it is whenever the room asks, keeps the state, and speaks the room's messages. The
 * room is this page's own server, so the shape of its messages is relied on; text from people in them is only ever text.
 */
export class RoomClient {
  readonly frames = new FrameHub();
  readonly #url: string;
  readonly #name: string;
  readonly #listeners = new Set<() => void>();
  readonly #page = new AbortController();
  readonly #sent = new SentMessages();
  #line: RoomLine;
  #state: RoomState = initialRoomState;

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
    // Before the connection listens: it drops its link when the page goes, and this has to be said on that link.
    addEventListener("pagehide", ({ persisted }) => persisted || this.#say({ kind: "leave" }), this.#page);
    this.#line = this.#open();
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
    this.#dispatch({ kind: "own", ref, at: Date.now(), content });
    this.#transmit(ref, content);
  }

  sayAgain(ref: string): void {
    const entry = this.#state.entries.find((candidate) => candidate.kind === "own" && candidate.ref === ref);
    if (entry?.kind !== "own") return;
    this.#dispatch({ kind: "fate", refs: [ref], fate: { as: "sending" } });
    this.#transmit(ref, entry.content);
  }

  discard(ref: string): void {
    this.#dispatch({ kind: "discard", ref });
  }

  startLive(source: LiveSource): void {
    this.#say({ kind: "live-start", source });
  }

  stopLive(): void {
    this.#say({ kind: "live-stop" });
  }

  get takesFrames(): boolean {
    const { talk, live } = this.#line;
    return talk.state === "connected" && live.bufferedAmount < FRAME_BACKLOG_BYTES_MAX;
  }

  sendFrame(size: { width: number; height: number }, bytes: Uint8Array): void {
    if (!this.takesFrames) return;
    const header: GuestHeader = { kind: "frame", width: size.width, height: size.height };
    this.#line.live.send(encodeEnvelope(header, bytes));
  }

  /** Now, and not when the next attempt is due; after the end, in another session. */
  retryNow(): void {
    if (this.#line.talk.state === "closed") this.#line = this.#open();
    else this.#line.talk.retryNow();
  }

  close(): void {
    this.#page.abort();
    this.#say({ kind: "leave" });
    this.#line.talk.close(1000);
  }

  #open(): RoomLine {
    const talk = connect(this.#url, LIMITS);
    const { door, pictures, live } = ROOM_STREAMS;
    const line: RoomLine = {
      talk,
      door: talk.stream(door.name, door.options),
      pictures: talk.stream(pictures.name, pictures.options),
      live: talk.stream(live.name, live.options),
    };
    this.#sent.startOver();
    talk.onstatechange = (event) => this.#dispatch({ kind: "line", state: lineStateOf(event) });
    talk.ongap = (event) => this.#noteGap(event);
    talk.onmessage = ({ data }) => {
      const message = JSON.parse(data as string) as RoomMessage;
      this.#dispatch({ kind: "message", message, at: Date.now() });
    };
    line.door.onmessage = ({ data }) => this.#answerDoor(JSON.parse(data as string) as DoorMessage);
    for (const stream of [line.pictures, line.live]) stream.onmessage = ({ data }) => this.#receive(data);
    return line;
  }

  /** Each session of the room begins with this question, also after a restart of the server. */
  #answerDoor({ kind }: DoorMessage): void {
    if (kind !== "who") return;
    this.#dispatch({ kind: "new-session" });
    this.#line.door.send(JSON.stringify({ kind: "join", name: this.#name } satisfies JoinMessage));
  }

  #transmit(ref: string, content: OwnContent): void {
    const { talk, pictures } = this.#line;
    try {
      if (content.kind === "said") {
        this.#sendTalk({ kind: "say", ref, text: content.text }, ref);
      } else {
        const header: GuestHeader = { kind: "picture", ref, name: content.name };
        pictures.send(encodeEnvelope(header, content.bytes));
        this.#sent.note(pictures.name, ref);
      }
    } catch {
      const reason = `${Math.round(talk.bufferedAmount + pictures.bufferedAmount)} bytes are waiting already.`;
      this.#dispatch({ kind: "fate", refs: [ref], fate: { as: "refused", reason } });
    }
  }

  /** What of no importance is lost with a full line. */
  #say(message: GuestMessage): void {
    try {
      this.#sendTalk(message, null);
    } catch {
      // The line holds far more than a person can say; who has filled it has nothing to say any more.
    }
  }

  #sendTalk(message: GuestMessage, ref: string | null): void {
    this.#line.talk.send(JSON.stringify(message));
    this.#sent.note("", ref);
  }

  /** The server was lost with the session: what it had been sent may have been heard or not. */
  #noteGap({ sent }: GapEvent): void {
    const refs = sent.flatMap(({ stream, from, to }) => this.#sent.refsIn(stream ?? "", from, to));
    this.#dispatch({ kind: "fate", refs, fate: { as: "unsure" } });
  }

  #receive(data: MessageData): void {
    const envelope = decodeEnvelope(new Uint8Array(data as ArrayBuffer));
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
