export {
  CloseEvent,
  ErrorEvent,
  type EventHandler,
  type Listener,
  type ListenerOptions,
  SocketEvent,
} from "../interface/index.ts";
export {
  HandshakeError,
  type HandshakeErrorCode,
  type PerMessageDeflateOptions,
  ProtocolError,
  type ProtocolErrorCode,
} from "../protocol/index.ts";
export type { BinaryType } from "./binary-type.ts";
export { WebSocketConnection } from "./connection.ts";
export type { ConnectionOptions } from "./connection-options.ts";
export { ConnectionError, type ConnectionErrorCode } from "./errors.ts";
export { websocketLimits } from "./limits.ts";
export type { Log } from "./log.ts";
export type { SendData } from "./send-data.ts";
export type { ClientRefusal, UpgradeRequest, WebSocketServerOptions } from "./server-options.ts";
export { type MessageData, MessageEvent, type SocketEventMap } from "./socket-events.ts";
export { WebSocket, type WebSocketOptions } from "./websocket.ts";
export {
  type CloseOptions,
  ConnectionEvent,
  type ServerEventMap,
  WebSocketServer,
} from "./websocket-server.ts";
