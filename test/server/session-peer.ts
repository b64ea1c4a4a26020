import { WebSocket, type WebSocketOptions } from "../../src/websocket/index.ts";

export type Members = Readonly<Record<string, unknown>>;

/** 22 characters, as a client would make them. */
let nonces = 0;
function newNonce(): string {
  return `nonce-${String(++nonces).padStart(16, "0")}`;
}

/** The members of a correct `open`. */
export function openMembers(changes: Members = {}): Members {
  const terms = {
    messageBytesMax: 1_048_576,
    streamsMax: 64,
    window: [1024, 262_144],
    streamWindow: [16, 16_384],
  };
  return { nonce: newNonce(), linkEpoch: 1, protocols: [], ...terms, ...changes };
}

/** What is said of stream 0 where nothing was received yet. */
export function positionOf(changes: Members = {}): Members {
  const credit = { messagesMax: 1024, bytesMax: 262_144 };
  return { stream: 0, have: 0, byteOffset: 0, bytes: 0, started: 0, done: 0, ...credit, ...changes };
}

/** A link to a server, whose frames a test writes and reads by itself, on our own engine as a client. */
export class SessionPeer implements Disposable {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #frames: string[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = "nodebuffer";
    socket.onmessage = ({ data }) => {
      this.#frames.push(typeof data === "string" ? data : `binary ${(data as Buffer).toString("latin1")}`);
      this.#wake?.();
    };
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code, reason }) => {
        this.#isClosed = true;
        this.#wake?.();
        resolve({ code, reason });
      };
    });
  }

  /** A link that is open; rejects with the reason of the refusal. */
  static async dial(url: string, options: WebSocketOptions = {}): Promise<SessionPeer> {
    const socket = new WebSocket(url, ["ropeway.1"], options);
    const peer = new SessionPeer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = ({ message }) => reject(new Error(message));
    });
    return peer;
  }

  /** A link that has heard `hello`. */
  static async greeted(url: string, options?: WebSocketOptions): Promise<SessionPeer> {
    const peer = await SessionPeer.dial(url, options);
    await peer.expectWord("hello");
    return peer;
  }

  /** A link with a session of its own, and what `opened` said. */
  static async opened(url: string, changes: Members = {}): Promise<{ peer: SessionPeer; opened: Members }> {
    const peer = await SessionPeer.greeted(url);
    peer.say("open", openMembers(changes));
    return { peer, opened: await peer.expectWord("opened") };
  }

  /** Whether it has been closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A frame as it goes over the wire. */
  send(frame: string | Uint8Array): void {
    this.socket.send(frame);
  }

  /** A control frame with a JSON object. */
  say(word: string, members: Members): void {
    this.send(`${word} ${JSON.stringify(members)}`);
  }

  /** The next frame. Fails where the link was closed instead. */
  async next(): Promise<string> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#isClosed) throw new Error(`The link was closed: ${JSON.stringify(await this.closed)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next data frame, without what it acknowledges. */
  async nextMessage(): Promise<string> {
    for (;;) {
      const frame = await this.next();
      if (/^(\d|binary)/.test(frame)) return frame.replace(/~\d+:/, ":");
    }
  }

  /** The members of the next control frame of this word; acknowledgements that come before are left out. */
  async expectWord(word: string): Promise<Members> {
    for (;;) {
      const frame = await this.next();
      if (frame.startsWith(`${word} `)) return JSON.parse(frame.slice(word.length + 1)) as Members;
      if (!/^(ack |\d)/.test(frame)) throw new Error(`The frame is ${frame}, not ${word}`);
    }
  }

  /** What the server ends the link with: the members of `end`, and the code of the Close frame. */
  async expectEnd(): Promise<Members & { closeCode: number }> {
    const end = await this.expectWord("end");
    const { code: closeCode } = await this.closed;
    return { ...end, closeCode };
  }

  /** Cuts the link without a word. */
  cut(): void {
    this.socket.terminate();
  }

  [Symbol.dispose](): void {
    this.cut();
  }
}
