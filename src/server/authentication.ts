import type { UpgradeRequest } from "../websocket/index.ts";
import type { Logger } from "./logger.ts";

/** Who asks to be let in. */
export interface AuthenticationAttempt {
  /** What the client's option `token` gave. A plain WebSocket has no way to give one. */
  readonly token: string | undefined;
  /** The handshake. Cookies are left out where no Origin says which page sends them. */
  readonly request: UpgradeRequest;
  /** Whether a session goes on on another link; a new one begins otherwise. */
  readonly isResume: boolean;
}

/** A user, of any type but these three, which refuse. */
export type Authenticated<User> = User | null | undefined | false;

/** Decides who somebody is. */
export type Authenticate<User> = (
  attempt: AuthenticationAttempt,
) => Authenticated<User> | PromiseLike<Authenticated<User>>;

/** What tells one user from another: text or a number, which the same user always has. */
export type UserKey<User> = (user: User) => string | number | bigint;

export interface AuthenticationOptions<User> {
  readonly authenticate?: Authenticate<User> | undefined;
  readonly userKey?: UserKey<User> | undefined;
}

/** What was decided about an attempt; `refused` is for the other end to read. */
export type Verdict<User> = { readonly user: User; readonly userKey: string } | { readonly refused: string };

/** Everybody has it where nobody is authenticated. */
const keyOfAll = "";
const keyMistake =
  "authenticate() returned a user that cannot be told from others: return a text, a number, or an object with " +
  "an id or a sub, or give the option userKey(user)";

/** The application could not say who somebody is. The log has why. */
export class AuthenticationFailure extends Error {
  override readonly name = "AuthenticationFailure";

  constructor(cause: unknown) {
    super("authenticate() failed", { cause });
  }
}

/**
 * Asks the application's `authenticate` who somebody is. Where that fails, the log is told, and `decide` is rejected with
 * an `AuthenticationFailure`.
 */
export class Authentication<User> {
  readonly #authenticate: Authenticate<User> | undefined;
  readonly #userKey: UserKey<User>;
  readonly #log: Logger;

  constructor({ authenticate, userKey = keyOfUser }: AuthenticationOptions<User>, log: Logger) {
    this.#authenticate = authenticate;
    this.#userKey = userKey;
    this.#log = log;
  }

  /** Whether anybody is asked at all. */
  get isNeeded(): boolean {
    return this.#authenticate !== undefined;
  }

  async decide(attempt: AuthenticationAttempt): Promise<Verdict<User>> {
    // Without `authenticate` there is nothing to know of a user.
    if (this.#authenticate === undefined) return { user: undefined as User, userKey: keyOfAll };
    try {
      const user = await this.#authenticate(attempt);
      if (user === null || user === undefined || user === false)
        return { refused: "The server does not let this user in" };
      return this.#admit(user);
    } catch (error) {
      this.#log.error(`authenticate() failed: ${withoutToken(describe(error), attempt.token)}`);
      throw new AuthenticationFailure(error);
    }
  }

  #admit(user: User): Verdict<User> {
    const key: unknown = this.#userKey(user);
    if (isKey(key)) return { user, userKey: String(key) };
    this.#log.error(keyMistake);
    return { refused: "The server cannot tell this user from others" };
  }
}

/** The user itself, its `id`, or its `sub`, as tokens call it. */
function keyOfUser(user: unknown): string | number | bigint {
  const { id, sub } = Object(user) as { id?: unknown; sub?: unknown };
  return [user, id, sub].find(isKey) ?? keyOfAll;
}

function isKey(key: unknown): key is string | number | bigint {
  if (typeof key === "number") return !Number.isNaN(key);
  return typeof key === "bigint" || (typeof key === "string" && key !== keyOfAll);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Libraries have been seen to quote the token that they could not read. */
function withoutToken(text: string, token: string | undefined): string {
  return token === undefined || token === "" ? text : text.replaceAll(token, "[token]");
}
