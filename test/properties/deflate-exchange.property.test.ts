import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deflate, inflate } from "../raw-peer/deflate.ts";
import { roles } from "../raw-peer/open-pair.ts";
import { openDeflatePair } from "../rfc7692/deflate-pair.ts";

const timeout = 60_000;
/** Each case is a message in either direction on a connection that all of them share, so that windows have a past. */
const numRuns = 1000;

/** Text that repeats itself, bytes that do not, and sizes around a window's. */
const messages = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(fc.constantFrom("cabin", "rope", "way", " ", "\n", "\u00e4"), { maxLength: 60 })
      .map((words) => Buffer.from(words.join(""))),
  },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(500, 512, 513, 4096, 33_000), fc.nat(255))
      .map(([size, seed]) => Buffer.from(Array.from({ length: size }, (_, i) => (i * i * seed) >> 5))),
  },
);

/** What a window holds of the messages before. */
class Past {
  readonly #windowBits: number;
  readonly #isKept: boolean;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(windowBits: number, isKept: boolean) {
    this.#windowBits = windowBits;
    this.#isKept = isKept;
  }

  get setting(): { windowBits: number; history?: Buffer } {
    const windowBits = this.#windowBits;
    return this.#bytes.length === 0 ? { windowBits } : { windowBits, history: this.#bytes };
  }

  add(message: Buffer): void {
    if (this.#isKept) this.#bytes = Buffer.concat([this.#bytes, message]).subarray(-(2 ** this.#windowBits));
  }
}

const settings = roles.flatMap((role) =>
  [true, false].flatMap((takesOver) => [9, 12, 15].map((windowBits) => ({ role, takesOver, windowBits }))),
);

describe.each(settings)(
  "a $role, context takeover $takesOver, windows of $windowBits bits",
  ({ role, takesOver, windowBits }) => {
    const parameters = takesOver ? [] : ["server_no_context_takeover", "client_no_context_takeover"];
    if (windowBits < 15)
      parameters.push(`server_max_window_bits=${windowBits}`, `client_max_window_bits=${windowBits}`);

    test("sends and takes any messages, one after another", { timeout }, async () => {
      await using pair = await openDeflatePair(role, parameters);
      const [ours, theirs] = [new Past(windowBits, takesOver), new Past(windowBits, takesOver)];
      const property = fc.asyncProperty(messages, fc.boolean(), async (message, isOurs) => {
        if (isOurs) {
          pair.engine.connection.send(message);
          const { rsv, payload } = await pair.peer.readFrame();
          expect(rsv).toBe(4);
          expect(inflate(payload, ours.setting).equals(message)).toBe(true);
          ours.add(message);
        } else {
          pair.peer.send({ opcode: 2, rsv: 4, payload: deflate(message, theirs.setting) });
          expect(message.equals((await pair.engine.nextMessage()) as Buffer)).toBe(true);
          theirs.add(message);
        }
      });
      // The cases depend on one another, so a smaller one says nothing.
      await fc.assert(property, { numRuns, endOnFailure: true });
    });
  },
);
