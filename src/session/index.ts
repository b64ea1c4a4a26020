/** The session protocol, both ends, without I/O; PROTOCOL.md says what goes over the wire. */
export type { Attachment, ClientHost, ClientState, StateReason } from "./client-host.ts";
export { ClientSession, type ClientSessionOptions } from "./client-session.ts";
export { BufferFullError, SessionError, type SessionErrorCode } from "./errors.ts";
export { sessionLimits } from "./limits.ts";
export type { Link } from "./link.ts";
export { MemoryDirectory } from "./memory-directory.ts";
export type {
  ExpiredMessage,
  Gap,
  GapRange,
  Payload,
  ReceivedMessage,
  SendOptions,
  SkipReason,
  StreamKind,
  StreamOptions,
  StreamPriority,
} from "./message.ts";
export type { Window } from "./receive-stream.ts";
export type { Attempt, Opening, RegistryHost, Verdict } from "./registry-host.ts";
export type { ServerLink } from "./server-link.ts";
export { Session } from "./session.ts";
export { sessionDefaults } from "./session-defaults.ts";
export type { SessionDirectory, SessionPlace } from "./session-directory.ts";
export type { SessionEnd, SessionHost } from "./session-host.ts";
export { type SessionOptions, sessionOptions } from "./session-options.ts";
export type { SessionState } from "./session-state.ts";
export { SessionRegistry, type SessionRegistryOptions } from "./session-registry.ts";
export { SessionStream } from "./session-stream.ts";
export { utf8Bytes } from "./utf8.ts";
