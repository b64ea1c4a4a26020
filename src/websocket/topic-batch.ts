import { type Deflater, FIN, Opcode, RSV1 } from "../protocol/index.ts";
import type { Engine } from "./engine.ts";
import { flushAfterTurn } from "./flush.ts";
import { frameInOwnBuffer } from "./frame-arena.ts";
import type { Sender } from "./sender.ts";

/** Publications wait for one another up to this many bytes. */
const batchBytesMax = 64 * 1024;

export interface Publication {
  readonly opcode: typeof Opcode.Text | typeof Opcode.Binary;
  readonly payload: Uint8Array;
  /** The subscriber that is not to get it, as it published it. */
  readonly except: Engine | undefined;
}

/** Whom publications concern. */
export interface Audience {
  readonly subscribers: ReadonlySet<Engine>;
  /** What may wait for one connection. */
  readonly bufferedBytesMax: number;
}

/**
 * The publications of one turn of the event loop to the subscribers of one topic. They are framed once, and compressed
 * once for all that share a compressor, and each subscriber is given all of them together, when the turn ends or when
 * something else is to follow them: another topic's publication, a message to one of the subscribers alone, another
 * subscription.
 */
class TopicBatch {
  readonly #subscribers: ReadonlySet<Engine>;
  readonly #bytesMax: number;
  readonly #publications: Publication[] = [];
  /** Those that are not to get all of it. */
  readonly #publishers = new Set<Engine>();
  #bytes = 0;

  constructor({ subscribers, bufferedBytesMax }: Audience) {
    this.#subscribers = subscribers;
    this.#bytesMax = Math.min(batchBytesMax, bufferedBytesMax);
  }

  takes({ subscribers }: Audience, { payload }: Publication): boolean {
    return subscribers === this.#subscribers && this.#bytes + payload.length <= this.#bytesMax;
  }

  add(publication: Publication): void {
    this.#publications.push(publication);
    this.#bytes += publication.payload.length;
    if (publication.except !== undefined) this.#publishers.add(publication.except);
  }

  concerns(engine: Engine): boolean {
    return this.#subscribers.has(engine);
  }

  /** Adds the frames to what each subscriber is sent, and calls `then` with it. */
  deliver(then: (sender: Sender) => void): void {
    const framesFor = new Map<Deflater | undefined, Uint8Array>();
    for (const engine of this.#subscribers) {
      const { sender } = engine;
      if (sender.isReadingBlob || this.#publishers.has(engine)) {
        this.#deliverEach(engine);
      } else {
        let frames = framesFor.get(sender.deflater);
        if (frames === undefined) {
          frames = this.#frame(sender.deflater);
          framesFor.set(sender.deflater, frames);
        }
        sender.sendShared(frames, this.#bytes);
      }
      then(sender);
    }
  }

  #frame(deflater: Deflater | undefined): Uint8Array {
    const frames = this.#publications.map((publication) => frame(publication, deflater));
    return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  }

  /**
   * Delivers what one subscriber gets that others do not get so. Behind a Blob publications take their turn as messages
   * of the connection's own, as compression follows the order, too.
   */
  #deliverEach(engine: Engine): void {
    const { sender } = engine;
    for (const publication of this.#publications) {
      if (publication.except === engine) continue;
      if (sender.isReadingBlob) sendAlone(sender, publication);
      else sender.sendShared(frame(publication, sender.deflater), publication.payload.length);
    }
  }
}

function frame({ opcode, payload }: Publication, deflater: Deflater | undefined): Buffer {
  const compressed = deflater?.deflate(payload);
  if (compressed === undefined) return frameInOwnBuffer(FIN | opcode, payload, false);
  return frameInOwnBuffer(FIN | RSV1 | opcode, compressed, false);
}

function sendAlone(sender: Sender, { opcode, payload }: Publication): void {
  if (opcode === Opcode.Text) sender.sendText(Buffer.from(payload).toString("utf8"));
  else sender.sendBinary(payload);
}

/** The batch that waits, of whatever server: with one at most, publications keep their order. */
let waiting: TopicBatch | undefined;

/** Sends the publication to its audience before the event loop's turn ends. The payload may change afterwards. */
export function publish(audience: Audience, publication: Publication): void {
  if (waiting?.takes(audience, publication) !== true) {
    settlePublications();
    waiting = new TopicBatch(audience);
    flushAfterTurn(endOfTurn);
  }
  waiting.add({ ...publication, payload: Uint8Array.from(publication.payload) });
}

/** What was published before goes before whatever `engine` is sent, or counts, from now on. */
export function settlePublicationsTo(engine: Engine): void {
  if (waiting?.concerns(engine) === true) settlePublications();
}

/** What was published before concerns who is subscribed now. */
export function settlePublications(): void {
  takeWaiting()?.deliver((sender) => sender.flushAfterTurn());
}

const endOfTurn = {
  flush(): void {
    takeWaiting()?.deliver((sender) => sender.flush());
  },
};

function takeWaiting(): TopicBatch | undefined {
  const batch = waiting;
  waiting = undefined;
  return batch;
}
