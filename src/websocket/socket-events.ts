import {
  MessageEvent as StandardMessageEvent,
  type SocketEvent,
  type StandardEventMap,
} from "../interface/index.ts";

/** What iteration yields: text as a string, binary as `binaryType` says. */
export type MessageData = string | Buffer | ArrayBuffer | Blob;

/** A received message, or the payload of a ping or pong. */
export type MessageEvent<Data = MessageData> = StandardMessageEvent<Data>;
/** A received message, or the payload of a ping or pong. */
export const MessageEvent = StandardMessageEvent;

/** The events of a socket by their names. An error is a `ProtocolError`, `HandshakeError` or `ConnectionError`. */
export interface SocketEventMap extends StandardEventMap<MessageData> {
  /** Nothing waits to be sent any more, after something had to or `bufferedAmount` said that something does. */
  drain: SocketEvent;
  ping: MessageEvent<Buffer>;
  pong: MessageEvent<Buffer>;
}
