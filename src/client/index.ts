/** The client for browsers and Node: `connect`, and a drop-in `WebSocket`. */
export {
  type BinaryType,
  CloseEvent,
  ErrorEvent,
  type EventHandler,
  ExpiredEvent,
  GapEvent,
  type Listener,
  type ListenerOptions,
  type MessageData,
  MessageEvent,
  MessageStream,
  type SendData,
  SessionConnection,
  SocketEvent,
  StreamEvent,
} from "../interface/index.ts";
export {
  BufferFullError,
  type ClientState,
  type Gap,
  type GapRange,
  SessionError,
  type SessionErrorCode,
  type StateReason,
  type StreamKind,
  type StreamOptions,
  type StreamPriority,
} from "../session/index.ts";
export { connect } from "./connect.ts";
export type { ConnectOptions, Token } from "./connect-options.ts";
export { Connection } from "./connection.ts";
export { type ConnectionEventMap, StateEvent } from "./state-event.ts";
export type { TransportSocket, TransportSocketClass } from "./transport-socket.ts";
export { WebSocket } from "./websocket.ts";
