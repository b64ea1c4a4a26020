import { Opcode } from "../protocol/index.ts";
import type { Engine } from "./engine.ts";
import { websocketLimits } from "./limits.ts";
import { bytesOf } from "./send-data.ts";
import { publish, settlePublicationsTo, settlePublications } from "./topic-batch.ts";

/** A server's topics: names, and the connections subscribed to each. */
export class Topics {
  readonly #topicsMax: number;
  readonly #bufferedBytesMax: number;
  readonly #subscribers = new Map<string, Set<Engine>>();

  constructor({ topicsMax, bufferedBytesMax }: { topicsMax: number; bufferedBytesMax: number }) {
    this.#topicsMax = topicsMax;
    this.#bufferedBytesMax = bufferedBytesMax;
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
    // What was published before is not for this one.
    settlePublications();
    engine.topics.add(name);
    const subscribers = this.#subscribers.get(name);
    if (subscribers === undefined) this.#subscribers.set(name, new Set([engine]));
    else subscribers.add(engine);
  }

  unsubscribe(engine: Engine, topic: string): void {
    if (engine.topics?.has(topic) !== true) return;
    settlePublicationsTo(engine);
    engine.topics.delete(topic);
    const subscribers = this.#subscribers.get(topic);
    subscribers?.delete(engine);
    if (subscribers?.size === 0) this.#subscribers.delete(topic);
  }

  unsubscribeAll(engine: Engine): void {
    for (const topic of engine.topics ?? []) this.unsubscribe(engine, topic);
  }

  /** Sends to every subscriber but `except` by the end of the turn, and returns how many they are. */
  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView, except?: Engine): number {
    const isText = typeof data === "string";
    const payload = isText ? Buffer.from(data, "utf8") : bytesOf(data);
    if (payload === undefined) throw new TypeError("publish() takes a string, an ArrayBuffer or a view");
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) return 0;
    const audience = { subscribers, bufferedBytesMax: this.#bufferedBytesMax };
    publish(audience, { opcode: isText ? Opcode.Text : Opcode.Binary, payload, except });
    return except !== undefined && subscribers.has(except) ? subscribers.size - 1 : subscribers.size;
  }
}

function checkName(topic: string): string {
  const limit = websocketLimits.topicLengthMax.default;
  if (typeof topic !== "string") throw new TypeError(`A topic is a string, not ${typeof topic}`);
  if (topic.length > limit)
    throw new RangeError(`A topic's name has ${topic.length} units, the limit is ${limit}`);
  return topic;
}
