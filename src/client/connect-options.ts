import type { ClientSessionOptions } from "../session/index.ts";
import type { TransportSocketClass } from "./transport-socket.ts";

/** What the server is to authenticate: a text, or a function that gets it, asked anew at each open and resume. */
export type Token = string | (() => string | Promise<string>);

/** Options of `connect`, all of them optional. The limits are those of LIMITS.md. */
export interface ConnectOptions extends ClientSessionOptions {
  readonly token?: Token;
  /** The application's subprotocols in order of preference. */
  readonly protocols?: readonly string[];
  /** The class that makes the links; the global one if absent. Ours for Node takes headers and certificates. */
  readonly WebSocket?: TransportSocketClass;
  /** Most payload bytes that `send` accepts and whose handlers have not begun. */
  readonly bufferedBytesMax?: number;
  /** Most such messages. */
  readonly bufferedMessagesMax?: number;
  /** How long a message may wait to be sent first, in milliseconds; then it raises `expired`. 0: as long as it takes. */
  readonly queueAgeMsMax?: number;
  /** The bound of the first random pause before connecting again, in milliseconds; it doubles with each. */
  readonly retryDelayMsMin?: number;
  /** The largest bound of it. */
  readonly retryDelayMsMax?: number;
  /** From `close()` to the delivery of what was sent before it. */
  readonly closeTimeoutMs?: number;
  /** From a link's begin to the session on it. */
  readonly connectTimeoutMs?: number;
  /** A handler that runs for longer ends the session; 0, the default: never. */
  readonly handlerTimeoutMs?: number;
  /** Where warnings go; `console` if absent. */
  readonly log?: { warn(message: string): void };
}
