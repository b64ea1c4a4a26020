import { describe, expect, test } from "vitest";
import {
  type CloseAction,
  type CloseEvent,
  CloseHandshake,
  type CloseState,
  endsTransportFirst,
} from "./close-handshake.ts";

/** The way into each state. */
const ways: Record<CloseState, CloseEvent[]> = {
  open: [],
  sent: ["send-close"],
  exchanged: ["receive-close"],
  failed: ["fail"],
  ended: ["transport-end"],
};

type Row = [from: CloseState, event: CloseEvent, action: CloseAction, to: CloseState];

const rows: Row[] = [
  ["open", "send-close", "write-close", "sent"],
  ["open", "receive-close", "reply-close", "exchanged"],
  ["open", "fail", "write-failure", "failed"],
  ["open", "transport-end", "settle", "ended"],
  ["sent", "send-close", "none", "sent"],
  ["sent", "receive-close", "finish", "exchanged"],
  ["sent", "fail", "abandon", "failed"],
  ["sent", "transport-end", "settle", "ended"],
  ["exchanged", "send-close", "none", "exchanged"],
  ["exchanged", "receive-close", "none", "exchanged"],
  ["exchanged", "fail", "none", "exchanged"],
  ["exchanged", "transport-end", "settle", "ended"],
  ["failed", "send-close", "none", "failed"],
  ["failed", "receive-close", "none", "failed"],
  ["failed", "fail", "none", "failed"],
  ["failed", "transport-end", "settle", "ended"],
  ["ended", "send-close", "none", "ended"],
  ["ended", "receive-close", "none", "ended"],
  ["ended", "fail", "none", "ended"],
  ["ended", "transport-end", "none", "ended"],
];

function after(events: readonly CloseEvent[]): CloseHandshake {
  const handshake = new CloseHandshake();
  for (const event of events) handshake.handle(event);
  return handshake;
}

describe("the closing handshake (RFC 6455 §7.1)", () => {
  test.each(rows)("%s, on %s: %s, then %s", (from, event, action, to) => {
    const handshake = after(ways[from]);
    expect(handshake.state).toBe(from);
    expect(handshake.handle(event)).toBe(action);
    expect(handshake.state).toBe(to);
  });

  test.each([
    ["we close and the peer answers", ["send-close", "receive-close", "transport-end"], true],
    ["the peer closes", ["receive-close", "transport-end"], true],
    ["a fault after both Close frames", ["receive-close", "fail", "transport-end"], true],
    ["no answer to our Close frame", ["send-close", "transport-end"], false],
    ["the transport ends by itself", ["transport-end"], false],
    ["we fail it", ["fail", "receive-close", "transport-end"], false],
    ["we fail it after our Close frame", ["send-close", "fail", "transport-end"], false],
  ] as const)("clean or not: %s", (_name, events, isClean) => {
    expect(after(events).isClean).toBe(isClean);
  });

  test("our Close frame is written once at most, whatever happens", () => {
    const writes: CloseAction[] = ["write-close", "reply-close", "write-failure"];
    const events: CloseEvent[] = ["send-close", "receive-close", "fail"];
    for (const first of events) {
      const handshake = after([first]);
      const actions = [...events, ...events].map((event) => handshake.handle(event));
      expect(actions.filter((action) => writes.includes(action))).toEqual([]);
    }
  });

  test("the server ends the transport (§7.1.1)", () => {
    expect([endsTransportFirst("server"), endsTransportFirst("client")]).toEqual([true, false]);
  });
});
