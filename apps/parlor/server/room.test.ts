import { describe, expect, test, vi } from "vitest";
import { decodeEnvelope, encodeEnvelope } from "../shared/envelope.ts";
import { ROOM_LIMITS } from "../shared/room-limits.ts";
import { Room, type RoomSocket } from "./room.ts";
import { RoomGuest } from "./room-guest.ts";

const PNG = Uint8Array.from("\x89PNG\r\n\x1a\n", (char) => char.charCodeAt(0));
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);

class FakeSocket implements RoomSocket {
  bufferedAmount = 0;
  closed: { code: number; reason: string } | null = null;
  readonly topics = new Set<string>();
  readonly received: Record<string, unknown>[] = [];

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (typeof data === "string") {
      this.received.push(JSON.parse(data) as Record<string, unknown>);
      return;
    }
    const envelope = decodeEnvelope(data);
    this.received.push({ ...(envelope?.header as object), body: envelope?.body });
  }
  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }
  subscribe(topic: string): void {
    this.topics.add(topic);
  }
  of(kind: string): Record<string, unknown>[] {
    return this.received.filter((message) => message["kind"] === kind);
  }
}

class Scene {
  nowMs = 1_000_000;
  readonly sockets: FakeSocket[] = [];
  readonly room = new Room(
    { publish: (topic, data) => this.sockets.filter((s) => s.topics.has(topic)).map((s) => s.send(data)) },
    () => this.nowMs,
  );

  connect(): { socket: FakeSocket; guest: RoomGuest; tell: (message: object) => void } {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    const guest = new RoomGuest(this.room, socket, () => this.nowMs);
    return { socket, guest, tell: (message) => guest.receive(JSON.stringify(message)) };
  }

  join(name: string) {
    const connected = this.connect();
    connected.tell({ kind: "join", name });
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
    expect(ben.socket.of("welcome")[0]?.["members"]).toMatchObject([{ name: "Ada" }, { name: "Ben" }]);
    expect(ada.socket.of("joined")).toMatchObject([{ member: { name: "Ben", live: null } }]);
    expect(ben.socket.of("joined")).toEqual([]);
  });

  test("the end of a connection is told once", () => {
    const scene = new Scene();
    const ada = scene.join("Ada");
    const ben = scene.join("Ben");
    ben.guest.leave();
    ben.guest.leave();
    expect(ada.socket.of("left")).toMatchObject([{ member: { name: "Ben" } }]);
  });

  test("a nickname that is taken gets a number, whatever its case, within its length", () => {
    const scene = new Scene();
    const long = "x".repeat(ROOM_LIMITS.nameCharsMax);
    const names = ["Ada", "ADA", "Ａda", long, long].map((name) => {
      const { socket } = scene.join(name);
      const members = socket.of("welcome")[0]?.["members"] as { name: string }[] | undefined;
      return members?.at(-1)?.name;
    });
    expect(names).toEqual(["Ada", "ADA 2", "Ａda 3", long, `${"x".repeat(30)} 2`]);
  });

  test("a full room says so with 1013", () => {
    const scene = new Scene();
    for (let count = 0; count < ROOM_LIMITS.membersMax; count++) scene.join("Ada");
    expect(scene.join("Ben").socket.closed).toEqual({ code: 1013, reason: "The room is full (100 people)" });
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
    expect(ada.socket.of("said")).toMatchObject([said]);
    expect(ben.socket.of("said")).toMatchObject([said]);
  });

  test("a newcomer gets what was said and shown before, then that it has caught up", () => {
    const scene = new Scene();
    const ada = scene.join("Ada");
    ada.tell({ kind: "say", ref: "r1", text: "hello" });
    ada.guest.receive(picture("r2"));
    const ben = scene.join("Ben");
    const kinds = ben.socket.received.map((message) => message["kind"]);
    expect(kinds).toEqual(["welcome", "said", "picture", "caught-up"]);
    expect(ben.socket.of("picture")[0]?.["body"]).toEqual(PNG);
  });

  test("what is said again under its ref is repeated to its speaker alone", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.tell({ kind: "say", ref: "r1", text: "hello" });
    ada.tell({ kind: "say", ref: "r1", text: "hello" });
    expect(ben.socket.of("said").length).toBe(1);
    expect(ada.socket.of("said").map(({ id }) => id)).toEqual(
      Array(2).fill(ada.socket.of("said")[0]?.["id"]),
    );
  });

  test.each([
    [" \u200B\n", "Nothing to read in it."],
    ["x".repeat(ROOM_LIMITS.textCharsMax + 1), "Longer than 2000 characters."],
  ])("that cannot be taken is refused with the reason", (text, reason) => {
    const ada = new Scene().join("Ada");
    ada.tell({ kind: "say", ref: "r1", text });
    expect(ada.socket.of("refused")).toEqual([{ kind: "refused", ref: "r1", reason }]);
    expect(ada.socket.of("said")).toEqual([]);
  });

  test("faster than the rate is refused, and a flood ends the connection", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    for (let count = 0; count < 1000; count++) ada.tell({ kind: "say", ref: `r${count}`, text: "spam" });
    expect(ben.socket.of("said").length).toBe(ROOM_LIMITS.commandRate.burst - 1);
    expect(ada.socket.of("refused").length).toBe(ROOM_LIMITS.refusalRate.burst);
    expect(ada.socket.closed).toEqual({ code: 1008, reason: "Too many messages" });
  });
});

describe("pictures", () => {
  test("are told by their content, not by their name", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.guest.receive(picture("r1"));
    ada.guest.receive(picture("r2", new TextEncoder().encode("<svg onload='alert(1)'/>")));
    expect(ben.socket.of("picture")).toMatchObject([{ ref: "r1", type: "image/png" }]);
    expect(ada.socket.of("refused")).toMatchObject([{ ref: "r2" }]);
  });

  test("past their size are refused with the numbers", () => {
    const ada = new Scene().join("Ada");
    const body = new Uint8Array(ROOM_LIMITS.pictureBytesMax + 1);
    body.set(PNG);
    ada.guest.receive(picture("r1", body));
    expect(ada.socket.of("refused")).toMatchObject([
      { ref: "r1", reason: "6000001 bytes, limit is 6000000." },
    ]);
  });

  test("reach a member whose line is too slow as a line of text", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ben.socket.bufferedAmount = ROOM_LIMITS.pictureBacklogBytesMax + 1;
    ada.guest.receive(picture("r1"));
    expect(ada.socket.of("picture").length).toBe(1);
    expect(ben.socket.of("picture-missed")).toMatchObject([{ name: "a.png", byteLength: PNG.length }]);
  });
});

describe("live video", () => {
  test("frames reach everyone but their sender, between start and stop only", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.guest.receive(frame());
    ada.tell({ kind: "live-start", source: "camera" });
    ada.guest.receive(frame());
    ada.tell({ kind: "live-stop" });
    ada.guest.receive(frame());
    expect(ben.socket.of("frame")).toMatchObject([
      { width: 640, height: 360, type: "image/jpeg", body: JPEG },
    ]);
    expect(ada.socket.of("frame")).toEqual([]);
  });

  test("frames are dropped for a slow viewer and for nobody else", () => {
    const scene = new Scene();
    const [ada, ben, cem] = [scene.join("Ada"), scene.join("Ben"), scene.join("Cem")];
    ada.tell({ kind: "live-start", source: "file" });
    ben.socket.bufferedAmount = ROOM_LIMITS.frameBacklogBytesMax + 1;
    ada.guest.receive(frame());
    expect(ben.socket.of("frame")).toEqual([]);
    expect(cem.socket.of("frame").length).toBe(1);
  });

  test("frames past the rate are dropped", () => {
    const scene = new Scene();
    const [ada, ben] = [scene.join("Ada"), scene.join("Ben")];
    ada.tell({ kind: "live-start", source: "camera" });
    for (let count = 0; count < 500; count++) ada.guest.receive(frame());
    expect(ben.socket.of("frame").length).toBe(ROOM_LIMITS.frameRate.burst);
    expect(ada.socket.closed).toBeNull();
  });

  test("one more than the room takes is refused, and there is room again when a sender leaves", () => {
    const scene = new Scene();
    const members = Array.from({ length: ROOM_LIMITS.livesMax + 1 }, () => scene.join("Ada"));
    for (const { tell } of members) tell({ kind: "live-start", source: "camera" });
    expect(members.at(-1)?.socket.of("refused")).toMatchObject([{ ref: null }]);
    members[0]?.guest.leave();
    members.at(-1)?.tell({ kind: "live-start", source: "camera" });
    expect(members[1]?.socket.of("live-started").length).toBe(ROOM_LIMITS.livesMax + 1);
  });

  test("a newcomer hears who is showing", () => {
    const scene = new Scene();
    scene.join("Ada").tell({ kind: "live-start", source: "camera" });
    const welcome = scene.join("Ben").socket.of("welcome")[0];
    expect(welcome?.["members"]).toMatchObject([{ name: "Ada", live: "camera" }, { live: null }]);
  });
});

describe("a page that does not keep to the rules is disconnected with 1008", () => {
  const huge = JSON.stringify({ kind: "say", ref: "r", text: "x".repeat(ROOM_LIMITS.jsonCharsMax) });
  test.each<[string, string | Uint8Array]>([
    ["no JSON", "{"],
    ["no object", "null"],
    ["an unknown kind", '{"kind":"constructor"}'],
    ["a second join", '{"kind":"join","name":"Ben"}'],
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
    ada.guest.receive(message);
    expect(ada.socket.closed?.code).toBe(1008);
    expect(new TextEncoder().encode(ada.socket.closed?.reason).length).toBeLessThanOrEqual(123);
  });

  test("a frame that is no picture", () => {
    const ada = new Scene().join("Ada");
    ada.tell({ kind: "live-start", source: "camera" });
    ada.guest.receive(frame(new Uint8Array(100)));
    expect(ada.socket.closed?.code).toBe(1008);
  });

  test.each([[""], ["   "], ["x".repeat(33)]])("the nickname %j", (name) => {
    expect(new Scene().join(name).socket.closed?.code).toBe(1008);
  });

  test("nobody joining in time, and joining in time is in time for good", () => {
    vi.useFakeTimers();
    const scene = new Scene();
    const [ada, silent] = [scene.join("Ada"), scene.connect()];
    vi.advanceTimersByTime(ROOM_LIMITS.joinTimeoutMs);
    vi.useRealTimers();
    expect(ada.socket.closed).toBeNull();
    expect(silent.socket.closed).toEqual({ code: 1008, reason: "Nobody joined in time" });
  });

  test("talk before joining, and nothing is taken after it", () => {
    const scene = new Scene();
    const ada = scene.join("Ada");
    const ben = scene.connect();
    ben.tell({ kind: "say", ref: "r", text: "x" });
    ben.tell({ kind: "join", name: "Ben" });
    expect(ben.socket.closed).toEqual({ code: 1008, reason: "Join first" });
    expect(ada.socket.of("joined")).toEqual([]);
  });
});
