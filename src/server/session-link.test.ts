import { describe, expect, test, vi } from "vitest";
import type { ServerLink } from "../session/index.ts";
import type { WebSocketConnection } from "../websocket/index.ts";
import { SessionLink } from "./session-link.ts";

/** A link on a socket that is a stand-in, and what it was asked and told. */
function linkOn(readyState = 1) {
  const listeners: string[] = [];
  const asked = vi.fn<() => number>(() => 0);
  const socket = {
    readyState,
    get bufferedAmount() {
      return asked();
    },
    send: vi.fn<(frame: unknown) => void>(),
    close: vi.fn<(code: number, reason: string) => void>(),
    addEventListener: (type: string) => void listeners.push(type),
  };
  const owner = {
    noteReceived: vi.fn<(bytes: number) => void>(),
    linkEnded: vi.fn<(machine: unknown) => void>(),
  };
  const machine = {
    receiveText: vi.fn<(frame: string) => void>(),
    receiveBinary: vi.fn<(frame: Uint8Array) => void>(),
    closed: vi.fn<() => void>(),
    drained: vi.fn<() => void>(),
  };
  const link = new SessionLink(socket as unknown as WebSocketConnection, owner);
  link.start(machine as unknown as ServerLink);
  const hear = (type: string, data?: unknown) => link.handleEvent({ type, data } as never);
  return { link, socket, owner, machine, listeners, asked, hear };
}

describe("SessionLink", () => {
  test("hands frames on in both directions, and counts what comes", () => {
    const { link, socket, owner, machine, hear } = linkOn();
    link.sendText("1:a");
    link.sendBinary(Buffer.from("2:b"));
    hear("message", "1:c");
    hear("message", Buffer.from("2:de"));
    expect(socket.send.mock.calls).toEqual([["1:a"], [Buffer.from("2:b")]]);
    expect(machine.receiveText).toHaveBeenCalledWith("1:c");
    expect(machine.receiveBinary).toHaveBeenCalledWith(Buffer.from("2:de"));
    expect(owner.noteReceived.mock.calls).toEqual([[3], [4]]);
  });

  test("asks the socket what waits only where that could be much", () => {
    const { link, asked, listeners } = linkOn();
    link.sendText("a".repeat(32 * 1024));
    expect([link.bufferedAmount, asked.mock.calls.length]).toEqual([32 * 1024, 0]);
    link.sendText("a");
    expect([link.bufferedAmount, asked.mock.calls.length]).toEqual([0, 1]);
    expect(listeners).not.toContain("drain");
  });

  test("tells the machine when what waited has left, having listened once", () => {
    const { link, asked, machine, listeners, hear } = linkOn();
    asked.mockReturnValue(100_000);
    link.sendText("a".repeat(100_000));
    expect([link.bufferedAmount, link.bufferedAmount]).toEqual([100_000, 100_000]);
    expect(listeners.filter((type) => type === "drain")).toHaveLength(1);
    hear("drain");
    expect(machine.drained).toHaveBeenCalledTimes(1);
    expect(link.bufferedAmount).toBe(0);
  });

  test("tells both sides once that the socket has closed", () => {
    const { machine, owner, hear } = linkOn();
    hear("close");
    hear("close");
    hear("message", "late");
    expect([machine.closed.mock.calls.length, owner.linkEnded.mock.calls]).toEqual([1, [[machine]]]);
    expect(machine.receiveText).not.toHaveBeenCalled();
  });

  test("hears nothing more when the machine has closed it", () => {
    const { link, socket, machine, owner, hear } = linkOn();
    link.close(3500, "");
    for (const type of ["message", "drain", "close"]) hear(type, "late");
    expect(socket.close).toHaveBeenCalledWith(3500, "");
    expect(owner.linkEnded).toHaveBeenCalledTimes(1);
    for (const told of [machine.receiveText, machine.drained, machine.closed])
      expect(told).not.toHaveBeenCalled();
  });

  test("does not listen to a socket that is closed already", () => {
    expect(linkOn(3).listeners).toEqual([]);
  });
});
