import {
  acceptSession,
  type SessionConnection,
  type SessionCore,
  type SessionFaceOptions,
  type SessionPort,
  type StreamPort,
} from "../../src/interface/index.ts";
import {
  BufferFullError,
  type Payload,
  type ReceivedMessage,
  type SendOptions,
  type SessionError,
  type StreamOptions,
} from "../../src/session/index.ts";

/** A stream of a session that notes what it is asked for. Messages come by `receive`. */
export class FakeStream implements StreamPort {
  readonly name: string;
  readonly kind: "reliable" | "latest" | "lossy";
  readonly priority: "interactive" | "bulk";
  readonly sent: Payload[] = [];
  readonly keys: (string | undefined)[] = [];
  /** What happened to received messages: "take" and "settle". */
  readonly log: string[] = [];
  bufferedAmount = 0;
  /** How many messages are taken before `send` throws. */
  sendsMax = Number.POSITIVE_INFINITY;
  readonly #messages: Payload[] = [];
  #isTaken = false;

  constructor(name: string, { kind = "reliable", priority = "interactive" }: StreamOptions = {}) {
    this.name = name;
    this.kind = kind;
    this.priority = priority;
  }

  get isReadable(): boolean {
    return !this.#isTaken && this.#messages.length > 0;
  }

  get readableMessages(): number {
    return this.#messages.length;
  }

  put(...payloads: Payload[]): void {
    this.#messages.push(...payloads);
  }

  send(payload: Payload, options?: SendOptions): void {
    if (this.sent.length >= this.sendsMax)
      throw new BufferFullError(this.sent.length, this.sendsMax, "messages");
    this.sent.push(payload);
    this.keys.push(options?.key);
    this.bufferedAmount += payload.length;
  }

  take(): ReceivedMessage | undefined {
    if (this.#isTaken) return undefined;
    const payload = this.#messages.shift();
    if (payload === undefined) return undefined;
    this.#isTaken = true;
    this.log.push("take");
    return { payload, bytes: payload.length };
  }

  settle(): void {
    this.#isTaken = false;
    this.log.push("settle");
  }
}

/** A session that notes what it is asked for. */
export class FakeSession implements SessionPort {
  readonly main = new FakeStream("");
  readonly streams = new Map<string, FakeStream>();
  readonly log: string[] = [];
  bufferedAmount = 0;
  bufferedMessages = 0;

  stream(name: string, options?: StreamOptions): FakeStream {
    const stream = this.streams.get(name) ?? new FakeStream(name, options);
    this.streams.set(name, stream);
    return stream;
  }

  close(code: number, reason: string): void {
    this.log.push(`close ${code} ${reason}`);
  }

  terminate(): void {
    this.log.push("terminate");
  }

  end(error: SessionError): void {
    this.log.push(error.code);
  }
}

/** A connection on a fake session, and time that stands still. */
export interface Line {
  readonly session: FakeSession;
  readonly socket: SessionConnection;
  readonly core: SessionCore;
  readonly warnings: string[];
  /** A message comes. */
  readonly receive: (...payloads: Payload[]) => void;
  readonly receiveOn: (stream: FakeStream, ...payloads: Payload[]) => void;
  readonly pass: (ms: number) => void;
}

const details = { url: "ws://localhost/ropeway", protocol: "chat" };

/** Not held: as if the connection handler had returned. */
export function openLine(given: Partial<SessionFaceOptions> = {}): Line {
  const line = holdLine(given);
  line.core.release();
  return line;
}

/** Held, as while the connection handler runs. */
export function holdLine(given: Partial<SessionFaceOptions> = {}): Line {
  const session = new FakeSession();
  const warnings: string[] = [];
  const timers = new Timers();
  const { socket, core } = acceptSession(() => session, details, {
    log: { warn: (message) => warnings.push(message) },
    now: () => timers.nowMs,
    after: (delayMs, action) => timers.after(delayMs, action),
    isServer: true,
    binaryType: "arraybuffer",
    handlerTimeoutMs: 0,
    bufferedBytesMax: 1000,
    bufferedMessagesMax: 10,
    ...given,
  });
  const receiveOn = (stream: FakeStream, ...payloads: Payload[]): void => {
    stream.put(...payloads);
    core.onReadable(stream);
  };
  return {
    session,
    socket,
    core,
    warnings,
    receiveOn,
    receive: (...payloads) => receiveOn(session.main, ...payloads),
    pass: (ms) => timers.pass(ms),
  };
}

class Timers {
  nowMs = 0;
  #due: { atMs: number; action: () => void }[] = [];

  after(delayMs: number, action: () => void): void {
    this.#due.push({ atMs: this.nowMs + delayMs, action });
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const next = this.#due.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#due = this.#due.filter((one) => one !== next);
      this.nowMs = next.atMs;
      next.action();
    }
    this.nowMs = untilMs;
  }
}

/** Long enough for whatever follows from promises that are settled already. */
export async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}
