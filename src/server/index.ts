/** The application server: sessions, plain WebSockets, HTTP or HTTPS, health and static files on one port. */
export {
  type ExpiredEvent,
  type GapEvent,
  type MessageStream,
  SessionConnection,
  type SessionEventMap,
  type StreamEvent,
  type StreamEventMap,
} from "../interface/index.ts";
export {
  BufferFullError,
  type Gap,
  type GapRange,
  MemoryDirectory,
  type SendOptions,
  type SessionDirectory,
  SessionError,
  type SessionErrorCode,
  type SessionPlace,
  type SkipReason,
  type StreamKind,
  type StreamOptions,
  type StreamPriority,
} from "../session/index.ts";
export type {
  Authenticate,
  Authenticated,
  AuthenticationAttempt,
  AuthenticationOptions,
  UserKey,
} from "./authentication.ts";
export { defineConfig, type ServeConfig } from "./config.ts";
export { ConnectionEvent, type ServerSocket, type ServerSocketEventMap } from "./connection-event.ts";
export type { Endpoint, EndpointConnection, EndpointHandler, EndpointOptions } from "./endpoint.ts";
export { ServerError, type ServerErrorCode } from "./errors.ts";
export type { ServerTls } from "./http-server.ts";
export type { Logger } from "./logger.ts";
export {
  type ApplicationEventMap,
  createServer,
  Server,
  type ServerAddress,
  type ServerOptions,
} from "./server.ts";
export type { SessionSettingsOptions } from "./session-settings.ts";
