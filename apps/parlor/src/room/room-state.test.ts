import { describe, expect, test } from "vitest";
import type { SaidMessage } from "../../shared/room-messages.ts";
import { ENTRIES_MAX, initialRoomState, type RoomEvent, type RoomState, reduceRoom } from "./room-state.ts";

const end = { code: 1006, reason: "" };
const down: RoomEvent = { kind: "line", state: { phase: "suspended", end, retryAtMs: 0 } };
const closed: RoomEvent = { kind: "line", state: { phase: "closed", end, retryAtMs: null } };
const another: RoomEvent = { kind: "new-session" };

function after(...events: RoomEvent[]): RoomState {
  return events.reduce(reduceRoom, initialRoomState);
}

function said(id: string, ref = `ref-${id}`): RoomEvent {
  const message: SaidMessage = { kind: "said", id, ref, from: { id: "a", name: "Ada" }, at: 1, text: id };
  return { kind: "message", at: 1, message };
}

function own(ref: string): RoomEvent {
  return { kind: "own", ref, at: 1, content: { kind: "said", text: "mine" } };
}

function unsure(...refs: string[]): RoomEvent {
  return { kind: "fate", refs, fate: { as: "unsure" } };
}

describe("entries", () => {
  test("that are replayed in another session are not shown twice", () => {
    const { entries } = after(said("1"), said("2"), another, said("1"), said("2"), said("3"));
    expect(entries.map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });

  test("that were said again and had arrived at the server before are not shown twice", () => {
    expect(after(said("1", "r"), another, said("9", "r")).entries.map(({ id }) => id)).toEqual(["1"]);
  });

  test("for a picture that was missed give way to the picture when it is replayed", () => {
    const facts = { id: "1", ref: "r", from: { id: "a", name: "Ada" }, at: 1, name: "a.png" };
    const missed: RoomEvent = {
      kind: "message",
      at: 1,
      message: { kind: "picture-missed", ...facts, byteLength: 9 },
    };
    const header = { kind: "picture", ...facts, type: "image/png" } as const;
    const { entries } = after(missed, said("2"), { kind: "picture", header, blob: new Blob() });
    expect(entries.map(({ kind }) => kind)).toEqual(["picture", "said"]);
  });

  test("for a picture that is on its way give way to the picture, in their place", () => {
    const facts = { id: "1", ref: "r", from: { id: "a", name: "Ada" }, at: 1, name: "a.png" };
    const coming: RoomEvent = {
      kind: "message",
      at: 1,
      message: { kind: "picture-coming", ...facts, byteLength: 9 },
    };
    const header = { kind: "picture", ...facts, type: "image/png" } as const;
    const { entries } = after(coming, said("2"), { kind: "picture", header, blob: new Blob() }, coming);
    expect(entries.map(({ kind }) => kind)).toEqual(["picture", "said"]);
    expect(after(own("r"), coming).entries).toMatchObject([{ kind: "own" }]);
  });

  test("are bounded, the oldest go first", () => {
    const events = Array.from({ length: ENTRIES_MAX + 1 }, (_, index) => said(`${index}`));
    const { entries } = after(...events);
    expect(entries.length).toBe(ENTRIES_MAX);
    expect(entries[0]?.id).toBe("1");
  });
});

describe("what the page itself said", () => {
  test("stands as being sent until the room repeats it", () => {
    const sending = after(own("r"));
    expect(sending.entries).toMatchObject([{ kind: "own", fate: { as: "sending" } }]);
    expect(reduceRoom(sending, said("1", "r")).entries).toMatchObject([{ kind: "said", id: "1" }]);
  });

  test("is still being sent while the session has no line", () => {
    expect(after(own("r"), down).entries).toMatchObject([{ fate: { as: "sending" } }]);
  });

  test("is unsure when the server was lost with it, and certain when the replay has it", () => {
    const lost = after(own("r"), own("s"), unsure("r"));
    expect(lost.entries).toMatchObject([{ fate: { as: "unsure" } }, { fate: { as: "sending" } }]);
    expect(reduceRoom(lost, said("1", "r")).entries).toMatchObject([{ kind: "own" }, { kind: "said" }]);
  });

  test("is unsure at the end of the session, can be said again, and can be discarded", () => {
    const lost = after(own("r"), closed);
    expect(lost.entries).toMatchObject([{ fate: { as: "unsure" } }]);
    expect(reduceRoom(lost, { kind: "fate", refs: ["r"], fate: { as: "sending" } }).entries).toMatchObject([
      { fate: { as: "sending" } },
    ]);
    expect(reduceRoom(lost, { kind: "discard", ref: "r" }).entries).toEqual([]);
  });

  test("that is refused keeps the reason", () => {
    const { entries } = after(own("r"), {
      kind: "message",
      at: 1,
      message: { kind: "refused", ref: "r", reason: "Too long." },
    });
    expect(entries).toMatchObject([{ fate: { as: "refused", reason: "Too long." } }]);
  });
});

describe("members", () => {
  const ben = { id: "b", name: "Ben", live: null };
  const welcome: RoomEvent = {
    kind: "message",
    at: 1,
    message: { kind: "welcome", you: "b", members: [ben] },
  };

  test("come, go, and leave a line each", () => {
    const cem = { id: "c", name: "Cem", live: null };
    const came = after(welcome, { kind: "message", at: 1, message: { kind: "joined", member: cem } });
    expect(came.members.map(({ name }) => name)).toEqual(["Ben", "Cem"]);
    const went = reduceRoom(came, { kind: "message", at: 2, message: { kind: "left", member: cem } });
    expect(went.members.map(({ name }) => name)).toEqual(["Ben"]);
    expect(went.entries.map(({ kind }) => kind)).toEqual(["came", "went"]);
  });

  test("show and stop showing", () => {
    const live = after(welcome, {
      kind: "message",
      at: 1,
      message: { kind: "live-started", id: "b", source: "file" },
    });
    expect(live.members[0]?.live).toBe("file");
    const over = reduceRoom(live, { kind: "message", at: 1, message: { kind: "live-stopped", id: "b" } });
    expect(over.members[0]?.live).toBeNull();
  });

  test("stay while the session has no line, and are unknown in another session or after its end", () => {
    expect(after(welcome, down)).toMatchObject({ members: [ben], you: "b" });
    for (const event of [another, closed])
      expect(after(welcome, event)).toMatchObject({ members: [], you: null, caughtUp: false });
  });
});
