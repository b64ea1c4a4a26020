/** Refs that are remembered of each stream: far more than can be under way at once. */
const REMEMBERED_MAX = 1000;

interface Sent {
  readonly ordinal: number;
  readonly ref: string;
}

/** Which message of a stream was which entry, as a gap names messages by the order in which they were accepted. */
export class SentMessages {
  readonly #counts = new Map<string, number>();
  readonly #sent = new Map<string, Sent[]>();

  /** On another connection counting begins at 1. */
  startOver(): void {
    this.#counts.clear();
    this.#sent.clear();
  }

  /** `ref` is null for what is no entry. */
  note(stream: string, ref: string | null): void {
    const ordinal = (this.#counts.get(stream) ?? 0) + 1;
    this.#counts.set(stream, ordinal);
    if (ref === null) return;
    const sent = this.#sent.get(stream) ?? [];
    sent.push({ ordinal, ref });
    if (sent.length > REMEMBERED_MAX) sent.shift();
    this.#sent.set(stream, sent);
  }

  refsIn(stream: string, from: number, to: number): string[] {
    const sent = this.#sent.get(stream) ?? [];
    return sent.filter(({ ordinal }) => ordinal >= from && ordinal <= to).map(({ ref }) => ref);
  }
}
