import type { SessionError } from "./errors.ts";
import type { Session } from "./session.ts";
import type { SessionHost } from "./session-host.ts";

/** Who is to be authenticated. */
export interface Attempt<Request> {
  /** What the transport knows of the link: the HTTP request, say. */
  readonly request: Request;
  readonly token: string | undefined;
  readonly isResume: boolean;
}

/** Somebody, or why not. */
export type Verdict<User> =
  | {
      readonly user: User /** The same for the same user: a session is resumed by who opened it. */;
      readonly userKey: string;
    }
  | { readonly refused: string };

/** A session about to begin. */
export interface Opening<User, Request> {
  readonly sessionId: string;
  readonly user: User;
  readonly request: Request;
  /** The application's subprotocol, or "". */
  readonly protocol: string;
  /** Makes the session; to be called once. */
  create(host: SessionHost): Session;
}

/** What the server's end needs and whom it tells. */
export interface RegistryHost<User, Request> {
  /** Milliseconds that never run backwards. */
  now(): number;
  /** 128 random bits as 22 characters. */
  randomText(): string;
  /** `target.handleTimeout` is to be called at this time or soon after. Called in vain it does no harm. */
  wakeAt(target: { handleTimeout(): void }, timeMs: number): void;
  /** A rejection is taken as "not now". */
  authenticate(attempt: Attempt<Request>): Promise<Verdict<User>>;
  /** An `open` or `resume` was refused. The error of one that could not be decided about has its cause. */
  onRefused(error: SessionError, request: Request): void;
  /** One of these, or "" for none. */
  selectProtocol(protocols: readonly string[], request: Request): string;
  /** Once per session, before anything is delivered. */
  onSession(opening: Opening<User, Request>): void;
}
