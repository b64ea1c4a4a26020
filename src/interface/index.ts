export { type BinaryType, type MessageData, shapeBinary } from "./binary-type.ts";
export { checkClose } from "./close-arguments.ts";
export {
  dispatch,
  type EventHandler,
  hasListener,
  type Listener,
  type ListenerOptions,
  SocketEventTarget,
} from "./event-target.ts";
export { CloseEvent, ErrorEvent, MessageEvent, SocketEvent, type StandardEventMap } from "./events.ts";
export { raiseError } from "./fire.ts";
export { MessageStream } from "./message-stream.ts";
export { bytesOf, type SendData, toPayload } from "./send-data.ts";
export { payloadBytesOf, SendOrder } from "./send-order.ts";
export { acceptSession, SessionConnection } from "./session-connection.ts";
export { ReadyState, SessionCore } from "./session-core.ts";
export {
  ExpiredEvent,
  GapEvent,
  type SessionEventMap,
  StreamEvent,
  type StreamEventMap,
} from "./session-events.ts";
export { parseSocketUrl, readProtocols } from "./socket-arguments.ts";
export type { SessionFaceOptions, SessionPort, StreamPort } from "./session-port.ts";
export { defineStates, flattenPrototype } from "./standard-interface.ts";
export { toClampedUnsignedShort, toDomString } from "./web-idl.ts";
