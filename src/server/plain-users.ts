import type { ClientRefusal, UpgradeRequest } from "../websocket/index.ts";
import type { Authentication } from "./authentication.ts";
import { withTrustedCookies } from "./cookie-guard.ts";

/** A request that was let in: what the application may see of it, and whose it is. */
interface Admitted<User> {
  readonly trusted: UpgradeRequest;
  readonly user: User;
}

/** Authenticates plain WebSockets, which can be asked at their handshake only. */
export class PlainUsers<User> {
  readonly #authentication: Authentication<User>;
  readonly #admitted = new WeakMap<UpgradeRequest, Admitted<User>>();

  constructor(authentication: Authentication<User>) {
    this.#authentication = authentication;
  }

  /** Whether the handshake is accepted, as `verifyClient` says it. */
  async admit(request: UpgradeRequest): Promise<true | ClientRefusal> {
    const trusted = withTrustedCookies(request);
    try {
      const attempt = { token: undefined, request: trusted, isResume: false };
      const verdict = await this.#authentication.decide(attempt);
      if ("refused" in verdict) return { status: 401, message: verdict.refused };
      this.#admitted.set(request, { trusted, user: verdict.user });
      return true;
    } catch {
      // The log has it.
      return { status: 500, message: "The server could not decide about the connection." };
    }
  }

  /** Who came with a request that was accepted. */
  take(request: UpgradeRequest): Admitted<User> {
    const admitted = this.#admitted.get(request);
    this.#admitted.delete(request);
    // Without `authenticate` nobody was asked.
    return admitted ?? { trusted: withTrustedCookies(request), user: undefined as User };
  }
}
