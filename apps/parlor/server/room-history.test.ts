import { expect, test } from "vitest";
import { ROOM_LIMITS } from "../shared/room-limits.ts";
import { RoomHistory } from "./room-history.ts";

test("history keeps the latest entries in their order", () => {
  const history = new RoomHistory();
  const count = ROOM_LIMITS.historyEntriesMax + 5;
  for (let index = 0; index < count; index++) history.add({ ref: `r${index}`, text: "x", picture: null });
  expect(history.entries.length).toBe(ROOM_LIMITS.historyEntriesMax);
  expect(history.entries[0]?.ref).toBe("r5");
  expect(history.entries.at(-1)?.ref).toBe(`r${count - 1}`);
});

test("history drops the oldest entries past its bytes", () => {
  const history = new RoomHistory();
  const half = new Uint8Array(ROOM_LIMITS.historyBytesMax / 2);
  for (const ref of ["a", "b", "c"]) history.add({ ref, text: "", picture: half });
  expect(history.entries.map((entry) => entry.ref)).toEqual(["b", "c"]);
});

test("an entry is found by its ref until it is dropped", () => {
  const history = new RoomHistory();
  history.add({ ref: "a", text: "first", picture: null });
  expect(history.find("a")?.text).toBe("first");
  history.add({ ref: "b", text: "", picture: new Uint8Array(ROOM_LIMITS.historyBytesMax) });
  expect(history.find("a")).toBeUndefined();
});
