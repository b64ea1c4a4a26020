import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Roster } from "./roster.ts";

interface Seat {
  place: number;
}

function member(): Seat {
  return { place: -1 };
}

function rosterOf(...members: Seat[]): Roster<Seat> {
  const roster = new Roster<Seat>({
    placeOf: (seat) => seat.place,
    setPlace: (seat, place) => {
      seat.place = place;
    },
  });
  for (const one of members) roster.add(one);
  return roster;
}

describe("a roster", () => {
  test("has those that were added and not deleted", () => {
    const [a, b, c] = [member(), member(), member()];
    const roster = rosterOf(a, b, c);
    roster.delete(a);
    expect(roster.size).toBe(2);
    expect(new Set(roster)).toEqual(new Set([b, c]));
  });

  test("does nothing about those that it has not", () => {
    const [a, b] = [member(), member()];
    const roster = rosterOf(a, b);
    roster.delete(a);
    roster.delete(a);
    roster.delete(member());
    expect([...roster]).toEqual([b]);
  });

  test("is walked as it was when the walk began", () => {
    const members = [member(), member(), member()];
    const roster = rosterOf(...members);
    const walked: Seat[] = [];
    for (const one of roster) {
      walked.push(one);
      for (const other of members) roster.delete(other);
    }
    expect(walked).toEqual(members);
    expect(roster.size).toBe(0);
  });

  test("has one Set as its view, which goes on with it", () => {
    const [a, b] = [member(), member()];
    const roster = rosterOf(a);
    const { view } = roster;
    roster.add(b);
    roster.delete(a);
    expect([...view]).toEqual([b]);
    expect(roster.view).toBe(view);
  });

  test("is what a Set would be, whoever comes and goes", () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 7 })), { maxLength: 60 });
    const property = fc.property(steps, fc.boolean(), (taken, isViewed) => {
      const members = Array.from({ length: 8 }, member);
      const roster = rosterOf();
      const expected = new Set<Seat>();
      if (isViewed) expect(roster.view.size).toBe(0);
      for (const [comes, index] of taken) {
        const one = members[index] as Seat;
        if (comes && !expected.has(one)) roster.add(one);
        if (!comes) roster.delete(one);
        if (comes) expected.add(one);
        else expected.delete(one);
      }
      expect(new Set(roster)).toEqual(expected);
      expect(new Set(roster.view)).toEqual(expected);
    });
    fc.assert(property);
  });
});
