import { describe, expect, test } from "vitest";
import type { SaidMessage } from "../../shared/room-messages.ts";
import { ENTRIES_MAX, initialRoomState, type RoomEvent, type RoomState, reduceRoom } from "./room-state.ts";

const down: RoomEvent = {
  kind: "line",
  state: { phase: "waiting", end: { code: 1006, reason: "" }, retryAtMs: 0 },
};

function after(...events: RoomEvent[]): RoomState {
  return events.reduce(reduceRoom, initialRoomState);
}

function said(id: string, ref = `ref-${id}`): RoomEvent {
  const message: SaidMessage = { kind: "said", id, ref, from: { id: "a", name: "Ada" }, at: 1, text: id };
  return { kind: "message", at: 1, message };
}

function own(ref: string, taken = true): RoomEvent {
  return { kind: "own", ref, at: 1, content: { kind: "said", text: "mine" }, taken };
}

describe("entries", () => {
  test("that are replayed after a reconnect are not shown twice", () => {
    const { entries } = after(said("1"), said("2"), down, said("1"), said("2"), said("3"));
    expect(entries.map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });

  test("that were said again and had arrived at the server before are not shown twice", () => {
    expect(after(said("1", "r"), down, said("9", "r")).entries.map(({ id }) => id)).toEqual(["1"]);
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

  test("is unsure when the line goes down first, and certain when the replay has it", () => {
    const unsure = after(own("r"), down);
    expect(unsure.entries).toMatchObject([{ fate: { as: "unsure" } }]);
    expect(reduceRoom(unsure, said("1", "r")).entries).toMatchObject([{ kind: "said" }]);
  });

  test("is unsure when the line did not take it, can be said again, and can be discarded", () => {
    const unsure = after(own("r", false));
    expect(unsure.entries).toMatchObject([{ fate: { as: "unsure" } }]);
    expect(reduceRoom(unsure, { kind: "again", ref: "r", taken: true }).entries).toMatchObject([
      { fate: { as: "sending" } },
    ]);
    expect(reduceRoom(unsure, { kind: "discard", ref: "r" }).entries).toEqual([]);
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

  test("are unknown while the line is down", () => {
    expect(after(welcome, down)).toMatchObject({ members: [], you: null, caughtUp: false });
  });
});
