import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { retainedBytes } from "../../test/advisories/memory.ts";
import { decodeFrame, type Frame, opcodes } from "../../test/raw-peer/frame.ts";
import type { Role } from "../protocol/index.ts";
import { Outbox, type OutboxOwner } from "./outbox.ts";

/** A transport that takes what it is given when the test lets it. */
class Valve extends Duplex {
  isOpen = true;
  /** Each call of `write` or `writev`, as what it was given. */
  readonly taken: Buffer[] = [];
  #held: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1, autoDestroy: true });
    this.on("error", () => {});
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    const take = (): void => {
      this.taken.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
      done();
    };
    // An empty write tells that those before it were taken.
    if (this.isOpen || chunks.every(({ chunk }) => chunk.length === 0)) take();
    else this.#held = take;
  }

  override _read(): void {}

  /** Takes what it holds, and from now on everything at once. */
  async release(): Promise<void> {
    this.isOpen = true;
    this.#held?.();
    await turn();
  }

  /** Takes what it holds, and nothing after it. */
  async step(): Promise<void> {
    const take = this.#held;
    this.#held = undefined;
    take?.();
    await turn();
  }

  get frames(): Frame[] {
    const frames: Frame[] = [];
    let bytes = Buffer.concat(this.taken);
    for (;;) {
      const decoded = decodeFrame(bytes);
      if (decoded === undefined) return frames;
      frames.push(decoded.frame);
      bytes = bytes.subarray(decoded.size);
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

interface Setup {
  outbox: Outbox;
  valve: Valve;
  told: string[];
}

function open(role: Role = "server"): Setup {
  const valve = new Valve();
  const told: string[] = [];
  const owner: OutboxOwner = {
    handleTaken: () => told.push("taken"),
    handleDrain: () => told.push("drain"),
  };
  return { outbox: new Outbox(valve, role, owner), valve, told };
}

/** An outbox behind a transport that holds one frame and takes no more. */
function openFull(role: Role = "server"): Setup {
  const setup = open(role);
  setup.valve.isOpen = false;
  setup.outbox.addText("held");
  setup.outbox.flush();
  return setup;
}

function texts(frames: readonly Frame[]): string[] {
  return frames.map(({ payload }) => payload.toString());
}

describe("frames on their way out", () => {
  test("added one after another leave together", () => {
    const { outbox, valve } = open();
    outbox.addText("a");
    outbox.add({ first: 0x82, payload: Buffer.from("b"), payloadBytes: 1 });
    expect(valve.taken).toHaveLength(0);
    outbox.flush();
    expect(valve.taken).toHaveLength(1);
    expect(valve.frames.map(({ opcode }) => opcode)).toEqual([opcodes.text, opcodes.binary]);
  });

  test.each(["client", "server"] as const)("of a %s carry any text and any size", (role) => {
    const { outbox, valve } = open(role);
    const sizes = [0, 41, 42, 125, 126, 5461, 5462, 16_384, 16_385, 65_535, 65_536];
    const all = sizes.flatMap((size) => ["x".repeat(size), "€".repeat(Math.ceil(size / 3))]);
    for (const text of all) outbox.addText(text);
    for (const text of all)
      outbox.add({ first: 0x82, payload: Buffer.from(text), payloadBytes: text.length });
    outbox.flush();
    expect(texts(valve.frames)).toEqual([...all, ...all]);
    expect(valve.frames.every(({ mask }) => (mask !== undefined) === (role === "client"))).toBe(true);
  });

  test("a server's large payload is not copied, a client's is", () => {
    for (const role of ["client", "server"] as const) {
      const { outbox, valve } = open(role);
      const payload = Buffer.alloc(20_000, "a");
      outbox.add({ first: 0x82, payload, payloadBytes: payload.length });
      payload.fill("b");
      outbox.flush();
      expect(valve.frames[0]!.payload.toString("latin1", 0, 1)).toBe(role === "client" ? "a" : "b");
    }
  });

  test("that wait are sent when the transport takes more, in order", async () => {
    const { outbox, valve } = openFull();
    const waiting = Array.from({ length: 3000 }, (_, i) => `message ${i}`);
    for (const text of waiting) outbox.addText(text);
    outbox.flush();
    await valve.release();
    expect(texts(valve.frames)).toEqual(["held", ...waiting]);
  });

  test("small, large and shared ones keep their order while they wait", async () => {
    const { outbox, valve } = openFull();
    const shared = Buffer.from([0x81, 1, 0x73]);
    const large = Buffer.alloc(20_000, "l");
    for (let i = 0; i < 3; i++) {
      outbox.addText(`${i}`);
      outbox.addShared(shared, 1);
      outbox.add({ first: 0x82, payload: large, payloadBytes: large.length });
    }
    outbox.flush();
    await valve.release();
    expect(texts(valve.frames).map((text) => text.slice(0, 4))).toEqual([
      "held",
      "0",
      "s",
      "llll",
      "1",
      "s",
      "llll",
      "2",
      "s",
      "llll",
    ]);
  });
});

describe("control frames", () => {
  test("overtake what waits, between frames, and keep their own order", async () => {
    const { outbox, valve } = openFull();
    outbox.addText("waits");
    outbox.addUrgent(opcodes.ping, Buffer.from("1"));
    outbox.addUrgent(opcodes.ping, Buffer.from("2"));
    outbox.flush();
    await valve.release();
    expect(texts(valve.frames)).toEqual(["held", "1", "2", "waits"]);
  });

  test("of pongs that wait only the newest is kept, and pings stay", async () => {
    const { outbox, valve } = openFull();
    outbox.addUrgent(opcodes.ping, Buffer.from("ping"));
    outbox.addPong(Buffer.from("pong 000"));
    const once = outbox.retainedBytes;
    for (let i = 100; i < 1000; i++) outbox.addPong(Buffer.from(`pong ${i}`));
    expect(outbox.retainedBytes).toBe(once);
    outbox.flush();
    await valve.release();
    expect(texts(valve.frames)).toEqual(["held", "ping", "pong 999"]);
  });

  test("while nothing waits every pong is sent", () => {
    const { outbox, valve } = open();
    outbox.addPong(Buffer.from("1"));
    outbox.addPong(Buffer.from("2"));
    outbox.flush();
    expect(texts(valve.frames)).toEqual(["1", "2"]);
  });
});

describe("a large frame", () => {
  const large = Buffer.alloc(2_000_000, "l");
  const piece = 512 * 1024;

  function openWithLarge(role: Role): Setup {
    const setup = open(role);
    setup.valve.isOpen = false;
    setup.outbox.add({ first: 0x82, payload: large, payloadBytes: large.length });
    setup.outbox.flush();
    return setup;
  }

  test.each(["client", "server"] as const)(
    "of a %s is given in pieces, each when the last was taken",
    async (role) => {
      const { outbox, valve, told } = openWithLarge(role);
      outbox.addText("after it");
      const amounts = [outbox.bufferedAmount];
      for (let i = 0; i < 3; i++) {
        await valve.step();
        amounts.push(outbox.bufferedAmount);
      }
      expect(amounts).toEqual([2_000_008, 2_000_008 - piece, 2_000_008 - 2 * piece, 2_000_008 - 3 * piece]);
      expect(told).toEqual(["taken", "taken", "taken"]);
      await valve.release();
      expect(texts(valve.frames)).toEqual([large.toString(), "after it"]);
      expect(outbox.bufferedAmount).toBe(0);
    },
  );

  test("is not cut by a control frame, which goes before the next one", async () => {
    const { outbox, valve } = openWithLarge("server");
    outbox.addText("after it");
    outbox.addUrgent(opcodes.ping, Buffer.from("ping"));
    await valve.release();
    expect(texts(valve.frames)).toEqual([large.toString(), "ping", "after it"]);
  });

  test("that was begun goes on to its end when what waits is given up", async () => {
    const { outbox, valve } = openWithLarge("server");
    outbox.addText("given up");
    outbox.abandonQueued();
    expect(outbox.bufferedAmount).toBe(2_000_008);
    outbox.addUrgent(opcodes.close, Buffer.from("why"));
    outbox.endWhenFlushed();
    await valve.release();
    expect(texts(valve.frames)).toEqual([large.toString(), "why"]);
    expect([valve.writableEnded, outbox.bufferedAmount]).toEqual([true, 8]);
  });

  test("that was begun counts on after the transport is gone", async () => {
    const { outbox, valve } = openWithLarge("server");
    await valve.step();
    valve.destroy();
    outbox.close();
    expect(outbox.bufferedAmount).toBe(2_000_000 - piece);
    expect(outbox.retainedBytes).toBe(valve.writableLength);
  });

  test("that is compressed counts by its payload until its last piece", async () => {
    const { outbox, valve } = open();
    valve.isOpen = false;
    outbox.add({ first: 0xc2, payload: large, payloadBytes: 5_000_000 });
    outbox.flush();
    await valve.step();
    expect(outbox.bufferedAmount).toBe(5_000_000 - piece);
    await valve.release();
    expect(outbox.bufferedAmount).toBe(0);
  });
});

describe("bufferedAmount", () => {
  test("counts payload from when it is added until the transport has taken it", async () => {
    const { outbox, valve } = open();
    valve.isOpen = false;
    outbox.addText("€");
    outbox.addUrgent(opcodes.ping, Buffer.from("not counted"));
    expect(outbox.bufferedAmount).toBe(3);
    outbox.flush();
    outbox.addText("ab");
    expect(outbox.bufferedAmount).toBe(5);
    await valve.release();
    expect(outbox.bufferedAmount).toBe(0);
  });

  test("counts a compressed message by its payload", () => {
    const { outbox } = open();
    outbox.add({ first: 0xc2, payload: Buffer.from("~"), payloadBytes: 1000 });
    expect(outbox.bufferedAmount).toBe(1000);
  });

  test("stays as it was when the transport is destroyed, and when what waits is given up", async () => {
    const { outbox, valve, told } = openFull();
    outbox.addText("waits");
    outbox.flush();
    valve.destroy();
    await turn();
    expect(outbox.bufferedAmount).toBe(9);
    outbox.close();
    expect(outbox.bufferedAmount).toBe(9);
    outbox.discard(4);
    expect(outbox.bufferedAmount).toBe(13);
    expect(told).toEqual([]);
  });

  test("is 0 after an end at which all had been taken", async () => {
    const { outbox, valve } = open();
    outbox.addText("all");
    outbox.endWhenFlushed();
    await turn();
    valve.destroy();
    outbox.close();
    expect(outbox.bufferedAmount).toBe(0);
  });
});

describe("drain", () => {
  test("is told once after something had to wait", async () => {
    const { outbox, valve, told } = openFull();
    expect(outbox.hasRoom).toBe(false);
    outbox.addText("waits");
    outbox.flush();
    await valve.release();
    expect(told).toEqual(["taken", "drain"]);
    expect(outbox.hasRoom).toBe(true);
  });

  test("is not told where nothing had to wait, unless it was asked for", async () => {
    const { outbox, told } = open();
    outbox.addText("a");
    outbox.flush();
    await turn();
    expect(told).toEqual([]);
    outbox.watch();
    outbox.addText("b");
    outbox.flush();
    await turn();
    expect(told).toEqual(["drain"]);
  });

  test("is not told of a transport that was destroyed or is gone", async () => {
    const { outbox, valve, told } = openFull();
    outbox.flush();
    valve.destroy();
    await turn();
    outbox.watch();
    outbox.close();
    outbox.flush();
    await turn();
    expect(told).toEqual([]);
  });
});

describe("the end", () => {
  test("comes after what waits", async () => {
    const { outbox, valve } = openFull();
    outbox.addText("last");
    outbox.endWhenFlushed();
    expect(valve.writableEnded).toBe(false);
    await valve.release();
    expect(texts(valve.frames)).toEqual(["held", "last"]);
    expect(valve.writableEnded).toBe(true);
  });

  test("comes at once after what was given up, with a last frame before it", async () => {
    const { outbox, valve } = openFull();
    outbox.addText("given up");
    outbox.abandonQueued();
    outbox.addUrgent(opcodes.close, Buffer.from("why"));
    outbox.endWhenFlushed();
    await valve.release();
    expect(texts(valve.frames)).toEqual(["held", "why"]);
    expect(outbox.bufferedAmount).toBe("given up".length);
  });
});

describe("memory of what waits", () => {
  test("is near what is counted, also where small frames and shared ones alternate", () => {
    const { outbox } = openFull();
    const shared = Buffer.from([0x81, 1, 0x73]);
    const before = retainedBytes();
    for (let i = 0; i < 10_000; i++) {
      outbox.addText("t");
      outbox.addShared(shared, 1);
    }
    const grown = retainedBytes() - before;
    expect(grown).toBeLessThan(2 * outbox.retainedBytes);
  });

  test("many small frames share buffers", () => {
    const { outbox } = openFull();
    const before = retainedBytes();
    for (let i = 0; i < 100_000; i++) outbox.addText("0123456789");
    expect(retainedBytes() - before).toBeLessThan(2 * outbox.retainedBytes);
  });
});
