import { describe, expect, test, vi } from "vitest";
import { decodeEnvelope, encodeEnvelope } from "../shared/envelope.ts";
import { ROOM_LIMITS } from "../shared/room-limits.ts";
import { Room } from "./room.ts";
import { type GuestSession, type GuestStream, RoomGuest } from "./room-guest.ts";

const PNG = Uint8Array.from("\x89PNG\r\n\x1a\n", (char) => char.charCodeAt(0));
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);

type Message = Record<string, unknown>;

class FakeStream implements GuestStream {
  bufferedAmount = 0;
  isFull = false;
  readonly #received: Message[];
  readonly #waiting: unknown[] = [];
  readonly #listeners: ((event: { data: unknown }) => void)[] = [];

  constructor(received: Message[]) {
    this.#received = received;
  }
  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.isFull) throw new RangeError("Full");
    if (typeof data === "string") {
      this.#received.push(JSON.parse(data) as Message);
      return;
    }
    const envelope = decodeEnvelope(data);
    this.#received.push({ ...(envelope?.header as object), body: envelope?.body });
  }
  addEventListener(_type: "message", listener: (event: { data: unknown }) => void): void {
    this.#listeners.push(listener);
    for (const data of this.#waiting.splice(0)) this.deliver(data);
  }
  /** As a session does it: what nobody listens to waits. */
  deliver(data: unknown): void {
    if (this.#listeners.length === 0) this.#waiting.push(data);
    for (const listener of this.#listeners) listener({ data });
  }
}

class FakeSession extends FakeStream implements GuestSession {
  closed: { code: number; reason: string } | null = null;
  isTerminated = false;
  readonly received: Message[];
  readonly #streams = new Map<string, FakeStream>();

  constructor(received: Message[] = []) {
    super(received);
    this.received = received;
  }
  stream(name: string): FakeStream {
    const stream = this.#streams.get(name) ?? new FakeStream(this.received);
    this.#streams.set(name, stream);
    return stream;
  }
  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }
  terminate(): void {
    this.isTerminated = true;
  }
  of(kind: string): Message[] {
    return this.received.filter((message) => message["kind"] === kind);
  }
}

class Scene {
  nowMs = 1_000_000;
  readonly room = new Room(() => this.nowMs);

  connect() {
    const session = new FakeSession();
    const guest = new RoomGuest(this.room, session, () => this.nowMs);
    return {
      session,
      guest,
      tell: (message: object) => session.deliver(JSON.stringify(message)),
      show: (data: unknown) => session.stream("pictures").deliver(data),
      film: (data: unknown) => session.stream("live").deliver(data),
      join: (name: string) => session.stream("door").deliver(JSON.stringify({ kind: "join", name })),
    };
  }

  join(name: string) {
    const connected = this.connect();
    connected.join(name);
    return connected;
  }
}

function picture(ref: string, body: Uint8Array = PNG): Uint8Array {
  return encodeEnvelope({ kind: "picture", ref, name: "a.png" }, body);
}

function frame(body: Uint8Array = JPEG): Uint8Array {
  return encodeEnvelope({ kind: "frame", width: 640, height: 360 }, body);
}

describe("coming and going", () => {
  test("a newcomer hears who is here, the others hear of the newcomer", () => {
    const scene = new Scene();
    const ada = scene.join("Ada");
    const ben = scene.join("Ben");
    expect(ben.session.of("welcome")[0]?.["members"]).toMatchObject([{ name: "Ada" }, { name: "Ben" }]);
    expect(ada.session.of("joined")).toMatchObject([{ member: { name: "Ben", live: null } }]);
    expect(ben.session.of("joined")).toEqual([]);
  });

  test("the end of a session is told once", () => {
    const scene = new Scene();
    const ada = scene.join("Ada");
    const ben = scene.join("Ben");
    ben.guest.leave();
    ben.guest.leave();
    expect(ada.session.of("left")).toMatchObject([{ member: { name: "Ben" } }]);
  });

  test("each session is asked who is there", () => {
    expect(new Scene().connect().session.received).toEqual([{ kind: "who" }]);
  });

  test("a page that leaves is gone at once, and its session ends", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ben.tell({ kind: "leave" });
    expect(ada.session.of("left")).toMatchObject([{ member: { name: "Ben" } }]);
    expect(ben.session.closed).toEqual({ code: 1000, reason: "" });
  });

  test("a session that takes nothing more is given up, and nobody else notices", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.session.isFull = true;
    ben.tell({ kind: "say", ref: "r1", text: "hello" });
    expect(ada.session.isTerminated).toBe(true);
    expect(ben.session.of("said").length).toBe(1);
  });

  test("a nickname that is taken gets a number, whatever its case, within its length", () => {
    const scene = new Scene();
    const long = "x".repeat(ROOM_LIMITS.nameCharsMax);
    const names = ["Ada", "ADA", "Ａda", long, long].map((name) => {
      const { session } = scene.join(name);
      const members = session.of("welcome")[0]?.["members"] as { name: string }[] | undefined;
      return members?.at(-1)?.name;
    });
    expect(names).toEqual(["Ada", "ADA 2", "Ａda 3", long, `${"x".repeat(30)} 2`]);
  });

  test("a full room says so with 1013", () => {
    const scene = new Scene();
    for (let count = 0; count < ROOM_LIMITS.membersMax; count++) scene.join("Ada");
    expect(scene.join("Ben").session.closed).toEqual({ code: 1013, reason: "The room is full (100 people)" });
  });
});

describe("talk", () => {
  test("everyone hears it, the speaker too, and hostile text stays text", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    const text = "<img src=x onerror=alert(1)> \u202Etxt";
    ada.tell({ kind: "say", ref: "r1", text });
    const said = {
      ref: "r1",
      from: { name: "Ada" },
      at: 1_000_000,
      text: "<img src=x onerror=alert(1)> txt",
    };
    expect(ada.session.of("said")).toMatchObject([said]);
    expect(ben.session.of("said")).toMatchObject([said]);
  });

  test("a newcomer gets what was said and shown before, then that it has caught up", () => {
    const scene = new Scene();
    const ada = scene.join("Ada");
    ada.tell({ kind: "say", ref: "r1", text: "hello" });
    ada.show(picture("r2"));
    const ben = scene.join("Ben");
    const kinds = ben.session.received.map((message) => message["kind"]);
    expect(kinds).toEqual(["who", "welcome", "said", "picture-coming", "picture", "caught-up"]);
    expect(ben.session.of("picture")[0]?.["body"]).toEqual(PNG);
  });

  test("before the answer at the door waits for it", () => {
    const ada = new Scene().connect();
    ada.tell({ kind: "say", ref: "r1", text: "hello" });
    expect(ada.session.of("said")).toEqual([]);
    ada.join("Ada");
    expect(ada.session.of("said")).toMatchObject([{ text: "hello" }]);
  });

  test("what is said again under its ref is repeated to its speaker alone", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.tell({ kind: "say", ref: "r1", text: "hello" });
    ada.tell({ kind: "say", ref: "r1", text: "hello" });
    expect(ben.session.of("said").length).toBe(1);
    expect(ada.session.of("said").map(({ id }) => id)).toEqual(
      Array(2).fill(ada.session.of("said")[0]?.["id"]),
    );
  });

  test.each([
    [" \u200B\n", "Nothing to read in it."],
    ["x".repeat(ROOM_LIMITS.textCharsMax + 1), "Longer than 2000 characters."],
  ])("that cannot be taken is refused with the reason", (text, reason) => {
    const ada = new Scene().join("Ada");
    ada.tell({ kind: "say", ref: "r1", text });
    expect(ada.session.of("refused")).toEqual([{ kind: "refused", ref: "r1", reason }]);
    expect(ada.session.of("said")).toEqual([]);
  });

  test("faster than the rate is refused, and a flood ends the session", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    for (let count = 0; count < 1000; count++) ada.tell({ kind: "say", ref: `r${count}`, text: "spam" });
    expect(ben.session.of("said").length).toBe(ROOM_LIMITS.commandRate.burst);
    expect(ada.session.of("refused").length).toBe(ROOM_LIMITS.refusalRate.burst);
    expect(ada.session.closed).toEqual({ code: 1008, reason: "Too many messages" });
  });
});

describe("pictures", () => {
  test("are told by their content, not by their name", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.show(picture("r1"));
    ada.show(picture("r2", new TextEncoder().encode("<svg onload='alert(1)'/>")));
    expect(ben.session.of("picture")).toMatchObject([{ ref: "r1", type: "image/png" }]);
    expect(ada.session.of("refused")).toMatchObject([{ ref: "r2" }]);
  });

  test("past their size are refused with the numbers", () => {
    const ada = new Scene().join("Ada");
    const body = new Uint8Array(ROOM_LIMITS.pictureBytesMax + 1);
    body.set(PNG);
    ada.show(picture("r1", body));
    expect(ada.session.of("refused")).toMatchObject([
      { ref: "r1", reason: "6000001 bytes, limit is 6000000." },
    ]);
  });

  test("reach a member whose line is too slow as a line of text", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ben.session.stream("pictures").bufferedAmount = ROOM_LIMITS.pictureBacklogBytesMax + 1;
    ada.show(picture("r1"));
    expect(ada.session.of("picture").length).toBe(1);
    expect(ben.session.of("picture-missed")).toMatchObject([{ name: "a.png", byteLength: PNG.length }]);
  });
});

describe("live video", () => {
  test("frames reach everyone but their sender, between start and stop only", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.film(frame());
    ada.tell({ kind: "live-start", source: "camera" });
    ada.film(frame());
    ada.tell({ kind: "live-stop" });
    ada.film(frame());
    expect(ben.session.of("frame")).toMatchObject([
      { width: 640, height: 360, type: "image/jpeg", body: JPEG },
    ]);
    expect(ada.session.of("frame")).toEqual([]);
  });

  test("frames are dropped for a slow viewer and for nobody else", () => {
    const scene = new Scene();
    const [ada, ben, cem] = [scene.join("Ada"), scene.join("Ben"), scene.join("Cem")];
    ada.tell({ kind: "live-start", source: "file" });
    ben.session.stream("live").bufferedAmount = ROOM_LIMITS.frameBacklogBytesMax + 1;
    ada.film(frame());
    expect(ben.session.of("frame")).toEqual([]);
    expect(cem.session.of("frame").length).toBe(1);
  });

  test("frames past the rate are dropped", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.tell({ kind: "live-start", source: "camera" });
    for (let count = 0; count < 500; count++) ada.film(frame());
    expect(ben.session.of("frame").length).toBe(ROOM_LIMITS.frameRate.burst);
    expect(ada.session.closed).toBeNull();
  });

  test("one more than the room takes is refused, and there is room again when a sender leaves", () => {
    const scene = new Scene();
    const members = Array.from({ length: ROOM_LIMITS.livesMax + 1 }, () => scene.join("Ada"));
    for (const { tell } of members) tell({ kind: "live-start", source: "camera" });
    expect(members.at(-1)?.session.of("refused")).toMatchObject([{ ref: null }]);
    members[0]?.guest.leave();
    members.at(-1)?.tell({ kind: "live-start", source: "camera" });
    expect(members[1]?.session.of("live-started").length).toBe(ROOM_LIMITS.livesMax + 1);
  });

  test("a newcomer hears who is showing", () => {
    const scene = new Scene();
    scene.join("Ada").tell({ kind: "live-start", source: "camera" });
    const welcome = scene.join("Ben").session.of("welcome")[0];
    expect(welcome?.["members"]).toMatchObject([{ name: "Ada", live: "camera" }, { live: null }]);
  });
});

describe("a page that does not keep to the rules is disconnected with 1008", () => {
  const huge = JSON.stringify({ kind: "say", ref: "r", text: "x".repeat(ROOM_LIMITS.jsonCharsMax) });
  test.each<[string, string | Uint8Array]>([
    ["no JSON", "{"],
    ["no object", "null"],
    ["an unknown kind", '{"kind":"constructor"}'],
    ["a text that is no string", '{"kind":"say","ref":"r","text":["x"]}'],
    ["no ref", '{"kind":"say","text":"x"}'],
    ["a ref of other characters", '{"kind":"say","ref":"\\u0000","text":"x"}'],
    ["an unknown source", '{"kind":"live-start","source":"__proto__"}'],
    ["a text past its limit", huge],
    ["no envelope", new Uint8Array([1, 2, 3])],
    ["an envelope of an unknown kind", encodeEnvelope({ kind: "frames" }, JPEG)],
    ["a frame without a size", encodeEnvelope({ kind: "frame", width: 0.5, height: 1e9 }, JPEG)],
  ])("%s", (_name, message) => {
    const ada = new Scene().join("Ada");
    if (typeof message === "string") ada.session.deliver(message);
    else ada.show(message);
    expect(ada.session.closed?.code).toBe(1008);
    expect(new TextEncoder().encode(ada.session.closed?.reason).length).toBeLessThanOrEqual(123);
  });

  test("a second join", () => {
    const ada = new Scene().join("Ada");
    ada.join("Ben");
    expect(ada.session.closed).toEqual({ code: 1008, reason: "Joined already" });
  });

  test.each<[string, "text" | "pictures"]>([
    ["bytes where text belongs", "text"],
    ["text where bytes belong", "pictures"],
  ])("%s", (_name, where) => {
    const ada = new Scene().join("Ada");
    if (where === "text") ada.session.deliver(PNG);
    else ada.show("text");
    expect(ada.session.closed?.code).toBe(1008);
  });

  test("a frame that is no picture", () => {
    const ada = new Scene().join("Ada");
    ada.tell({ kind: "live-start", source: "camera" });
    ada.film(frame(new Uint8Array(100)));
    expect(ada.session.closed?.code).toBe(1008);
  });

  test.each([[""], ["   "], ["x".repeat(33)]])("the nickname %j", (name) => {
    expect(new Scene().join(name).session.closed?.code).toBe(1008);
  });

  test("nobody joining in time, and joining in time is in time for good", () => {
    vi.useFakeTimers();
    const scene = new Scene();
    const [ada, silent] = [scene.join("Ada"), scene.connect()];
    vi.advanceTimersByTime(ROOM_LIMITS.joinTimeoutMs);
    vi.useRealTimers();
    expect(ada.session.closed).toBeNull();
    expect(silent.session.closed).toEqual({ code: 1008, reason: "Nobody joined in time" });
  });

  test("something else at the door, and nothing is taken after it", () => {
    const scene = new Scene();
    const ada = scene.join("Ada");
    const ben = scene.connect();
    ben.session.stream("door").deliver('{"kind":"say","ref":"r","text":"x"}');
    ben.join("Ben");
    expect(ben.session.closed).toEqual({ code: 1008, reason: "Join first" });
    expect(ada.session.of("joined")).toEqual([]);
  });
});
