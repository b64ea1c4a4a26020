import type { ExpiredMessage, Gap, GapRange, Payload, SkipReason } from "../session/index.ts";
import type { MessageData } from "./binary-type.ts";
import { type ErrorEvent, type MessageEvent, SocketEvent, type StandardEventMap } from "./events.ts";
import type { MessageStream } from "./message-stream.ts";

/** A message that `send` accepted will not reach the other end's handler. */
export class ExpiredEvent extends SocketEvent {
  /** What was sent: text, or its bytes. */
  readonly data: Payload;
  readonly reason: SkipReason;

  constructor(target: EventTarget, message: ExpiredMessage) {
    super("expired", target);
    this.data = message.payload;
    this.reason = message.reason;
  }
}

/** The session was lost. Messages in these ranges were handled once or not at all, which is not known. */
export class GapEvent extends SocketEvent {
  /** Sent from here, and not known as handled. */
  readonly sent: readonly GapRange[];
  /** The other end may have sent them, and they have not come. */
  readonly received: readonly GapRange[];

  constructor(target: EventTarget, gap: Gap) {
    super("gap", target);
    this.sent = gap.sent;
    this.received = gap.received;
  }
}

/** The other end uses a stream which this end has not asked for yet. */
export class StreamEvent extends SocketEvent {
  readonly stream: MessageStream;

  constructor(target: EventTarget, stream: MessageStream) {
    super("stream", target);
    this.stream = stream;
  }
}

/** The events of a stream by their names. */
export interface StreamEventMap {
  message: MessageEvent<MessageData>;
  /** A listener failed, or a Blob could not be sent. The stream goes on. */
  error: ErrorEvent;
  /** All that was sent has begun to be handled at the other end. */
  drain: SocketEvent;
  expired: ExpiredEvent;
}

/** The events of a session by their names. */
export interface SessionEventMap extends StreamEventMap, StandardEventMap<MessageData> {
  gap: GapEvent;
  stream: StreamEvent;
}
