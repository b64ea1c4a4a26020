export {
  dispatch,
  type EventHandler,
  hasListener,
  type Listener,
  type ListenerOptions,
  SocketEventTarget,
} from "./event-target.ts";
export { CloseEvent, ErrorEvent, MessageEvent, SocketEvent, type StandardEventMap } from "./events.ts";
export { defineStates, flattenPrototype } from "./standard-interface.ts";
export { toClampedUnsignedShort, toDomString } from "./web-idl.ts";
