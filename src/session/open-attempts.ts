import type { Open } from "./control-frame.ts";
import { SessionError } from "./errors.ts";

/** Each `open` that is being decided about. Of those with the same nonce only the last that the client sent is answered. */
export class OpenAttempts {
  readonly #byNonce = new Map<string, { linkEpoch: number; count: number }>();

  begin({ nonce, linkEpoch }: Open): void {
    const attempts = this.#byNonce.get(nonce);
    if (attempts === undefined) {
      this.#byNonce.set(nonce, { linkEpoch, count: 1 });
      return;
    }
    attempts.linkEpoch = Math.max(attempts.linkEpoch, linkEpoch);
    attempts.count++;
  }

  /** @throws {SessionError} SESSION_TAKEN_OVER if the client has asked again since. */
  checkLatest({ nonce, linkEpoch }: Open): void {
    const latest = this.#byNonce.get(nonce)!.linkEpoch;
    if (linkEpoch < latest) throw new SessionError("SESSION_TAKEN_OVER", { linkEpoch: latest });
  }

  end({ nonce }: Open): void {
    const attempts = this.#byNonce.get(nonce)!;
    if (--attempts.count === 0) this.#byNonce.delete(nonce);
  }
}
