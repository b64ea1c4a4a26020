import { type Deflater, FIN, Opcode, RSV1 } from "../protocol/index.ts";
import type { Engine } from "./engine.ts";
import { flushAfterTurn } from "./flush.ts";
import { frameInOwnBuffer } from "./frame-arena.ts";

/** Publications wait for one another up to this many bytes. */
const batchBytesMax = 64 * 1024;

interface Publication {
  readonly opcode: typeof Opcode.Text | typeof Opcode.Binary;
  readonly payload: Uint8Array;
}

/** Whom a publication concerns: the subscribers of one topic, but perhaps the one that published it. */
export interface Audience {
  readonly subscribers: ReadonlySet<Engine>;
  readonly except: Engine | undefined;
  /** What may wait for one connection. */
  readonly bufferedBytesMax: number;
}

/**
 * The publications of one turn of the event loop to one audience. They are framed once, and compressed once for all that
 * share a compressor, and each subscriber is given all of them together, when the turn ends or when something else is to
 * follow them: another audience's publication, a message to one of the subscribers alone, another subscription.
 */
class TopicBatch {
  readonly audience: Audience;
  readonly #publications: Publication[] = [];
  #bytes = 0;

  constructor(audience: Audience) {
    this.audience = audience;
  }

  takes({ subscribers, except, bufferedBytesMax }: Audience, bytes: number): boolean {
    if (subscribers !== this.audience.subscribers || except !== this.audience.except) return false;
    return this.#bytes + bytes <= Math.min(batchBytesMax, bufferedBytesMax);
  }

  add(publication: Publication): void {
    this.#publications.push(publication);
    this.#bytes += publication.payload.length;
  }

  concerns(engine: Engine): boolean {
    return engine !== this.audience.except && this.audience.subscribers.has(engine);
  }

  /** Adds the frames to what each subscriber is sent, and calls `then` with it. */
  deliver(then: (engine: Engine) => void): void {
    const framesFor = new Map<Deflater | undefined, Uint8Array>();
    for (const engine of this.audience.subscribers) {
      if (engine === this.audience.except) continue;
      // Behind a Blob they take their turn as messages of this connection's own, as compression follows the order, too.
      if (engine.sender.isReadingBlob) {
        for (const publication of this.#publications) sendAlone(engine, publication);
        continue;
      }
      let frames = framesFor.get(engine.sender.deflater);
      if (frames === undefined) {
        frames = this.#frame(engine.sender.deflater);
        framesFor.set(engine.sender.deflater, frames);
      }
      engine.sender.sendShared(frames, this.#bytes);
      then(engine);
    }
  }

  #frame(deflater: Deflater | undefined): Uint8Array {
    const frames = this.#publications.map(({ opcode, payload }) => {
      const compressed = deflater?.deflate(payload);
      if (compressed === undefined) return frameInOwnBuffer(FIN | opcode, payload, false);
      return frameInOwnBuffer(FIN | RSV1 | opcode, compressed, false);
    });
    return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  }
}

/** The batch that waits, of whatever server: with one at most, publications keep their order. */
let waiting: TopicBatch | undefined;

/** Sends the publication to its audience before the event loop's turn ends. The payload may change afterwards. */
export function publish(audience: Audience, publication: Publication): void {
  const { opcode, payload } = publication;
  if (waiting?.takes(audience, payload.length) !== true) {
    settlePublications();
    waiting = new TopicBatch(audience);
    flushAfterTurn(endOfTurn);
  }
  waiting.add({ opcode, payload: Uint8Array.from(payload) });
}

/** What was published before goes before whatever `engine` is sent, or counts, from now on. */
export function settlePublicationsTo(engine: Engine): void {
  if (waiting?.concerns(engine) === true) settlePublications();
}

/** What was published before concerns who is subscribed now. */
export function settlePublications(): void {
  takeWaiting()?.deliver((engine) => engine.sender.flushAfterTurn());
}

const endOfTurn = {
  flush(): void {
    takeWaiting()?.deliver((engine) => engine.sender.flush());
  },
};

function takeWaiting(): TopicBatch | undefined {
  const batch = waiting;
  waiting = undefined;
  return batch;
}

function sendAlone(engine: Engine, { opcode, payload }: Publication): void {
  if (opcode === Opcode.Text) engine.sender.sendText(Buffer.from(payload).toString("utf8"));
  else engine.sender.sendBinary(payload);
}
