import { type Deflater, FIN, Opcode, RSV1 } from "../protocol/index.ts";
import type { Engine } from "./engine.ts";
import { frameInOwnBuffer } from "./frame-arena.ts";
import { websocketLimits } from "./limits.ts";
import { bytesOf } from "./send-data.ts";

/** A server's topics: names, and the connections subscribed to each. */
export class Topics {
  readonly #topicsMax: number;
  readonly #subscribers = new Map<string, Set<Engine>>();

  constructor(topicsMax: number) {
    this.#topicsMax = topicsMax;
  }

  subscribe(engine: Engine, topic: string): void {
    const name = checkName(topic);
    // A connection that is gone would never be unsubscribed.
    if (engine.isGone) return;
    engine.topics ??= new Set();
    if (engine.topics.has(name)) return;
    if (engine.topics.size >= this.#topicsMax) {
      throw new RangeError(
        `This connection is subscribed to ${engine.topics.size} topics, the limit is topicsMax`,
      );
    }
    engine.topics.add(name);
    const subscribers = this.#subscribers.get(name);
    if (subscribers === undefined) this.#subscribers.set(name, new Set([engine]));
    else subscribers.add(engine);
  }

  unsubscribe(engine: Engine, topic: string): void {
    if (engine.topics?.delete(topic) !== true) return;
    const subscribers = this.#subscribers.get(topic);
    subscribers?.delete(engine);
    if (subscribers?.size === 0) this.#subscribers.delete(topic);
  }

  unsubscribeAll(engine: Engine): void {
    for (const topic of engine.topics ?? []) this.unsubscribe(engine, topic);
  }

  /**
   * Sends to every subscriber but `except` and returns how many they are. The message is framed once, and compressed
   * once for all that share a compressor.
   */
  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView, except?: Engine): number {
    const isText = typeof data === "string";
    const payload = isText ? Buffer.from(data, "utf8") : bytesOf(data);
    if (payload === undefined) throw new TypeError("publish() takes a string, an ArrayBuffer or a view");
    const frames = new Map<Deflater | undefined, Buffer>();
    let count = 0;
    for (const engine of this.#subscribers.get(topic) ?? []) {
      if (engine === except) continue;
      count++;
      // Behind a Blob it takes its turn as a message of this connection's own, as compression follows the order, too.
      if (engine.isReadingBlob) {
        if (isText) engine.sendText(data);
        else engine.sendBinary(payload);
        continue;
      }
      let frame = frames.get(engine.deflater);
      if (frame === undefined) {
        frame = makeFrame(isText ? Opcode.Text : Opcode.Binary, payload, engine.deflater);
        frames.set(engine.deflater, frame);
      }
      engine.sendShared(frame, payload.length);
    }
    return count;
  }
}

function makeFrame(opcode: number, payload: Uint8Array, deflater: Deflater | undefined): Buffer {
  const compressed = deflater?.deflate(payload);
  if (compressed === undefined) return frameInOwnBuffer(FIN | opcode, payload, false);
  return frameInOwnBuffer(FIN | RSV1 | opcode, compressed, false);
}

function checkName(topic: string): string {
  const limit = websocketLimits.topicLengthMax.default;
  if (typeof topic !== "string") throw new TypeError(`A topic is a string, not ${typeof topic}`);
  if (topic.length > limit)
    throw new RangeError(`A topic's name has ${topic.length} units, the limit is ${limit}`);
  return topic;
}
