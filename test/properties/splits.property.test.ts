import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ReceivedEvent, receivedEvents } from "./received-events.ts";
import { referenceEvents } from "./reference-receiver.ts";
import { byteByByte, cut, cutPlaces, frameSoup, roles, validStream } from "./streams.ts";

const timeout = 60_000;
const numRuns = 10_000;

/** Failures by close code alone, as the reference tells them. */
const byCloseCode = (events: readonly ReceivedEvent[]) =>
  events.map((event) => (event[0] === "error" ? event.slice(0, 2) : event));

const setups = roles.flatMap((role) => [false, true].map((deflate) => ({ role, deflate })));

describe.each(setups)("a $role's receiver, permessage-deflate: $deflate", (setup) => {
  test("makes the same of a valid stream wherever it is cut, and never fails", { timeout }, () => {
    const property = fc.property(validStream(setup.role, setup.deflate), cutPlaces, (bytes, places) => {
      const whole = receivedEvents(setup, [bytes]);
      expect(whole).toEqual(referenceEvents(bytes, setup));
      expect(whole.filter(([kind]) => kind === "error")).toEqual([]);
      expect(receivedEvents(setup, cut(bytes, places))).toEqual(whole);
      if (bytes.length < 400) expect(receivedEvents(setup, byteByByte(bytes))).toEqual(whole);
    });
    fc.assert(property, { numRuns });
  });

  test("makes the same of frame soup wherever it is cut, and fails by the RFC's close codes", {
    timeout,
  }, () => {
    const property = fc.property(frameSoup(setup.role), cutPlaces, (bytes, places) => {
      const whole = receivedEvents(setup, [bytes]);
      expect(byCloseCode(whole)).toEqual(referenceEvents(bytes, setup));
      expect(receivedEvents(setup, cut(bytes, places))).toEqual(whole);
      expect(receivedEvents(setup, byteByByte(bytes))).toEqual(whole);
    });
    fc.assert(property, { numRuns });
  });
});
