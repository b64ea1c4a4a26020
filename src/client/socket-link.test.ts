import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeSocket } from "../../test/client/fake-socket.ts";
import { type LinkOwner, linkProtocol, SocketLink } from "./socket-link.ts";

function openLink() {
  const socket = new FakeSocket("ws://localhost/", linkProtocol);
  const log: unknown[] = [];
  const owner: LinkOwner = {
    receiveText: (_link, frame) => log.push(frame),
    receiveBinary: (_link, frame) => log.push(frame),
    linkClosed: (_link, code, reason) => log.push([code, reason]),
    linkDrained: () => log.push("drained"),
  };
  return { socket, log, link: new SocketLink(socket, owner) };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a link", () => {
  test("hands on frames, and its end", () => {
    const { socket, log } = openLink();
    socket.opens(linkProtocol);
    socket.receives("ping 1");
    socket.receives(Uint8Array.of(1, 2).buffer);
    socket.ends(3000, "away");
    expect(log).toEqual(["ping 1", Uint8Array.of(1, 2), [3000, "away"]]);
    expect(socket.binaryType).toBe("arraybuffer");
  });

  test("sends text and bytes", () => {
    const { socket, link } = openLink();
    link.sendText("pong 1");
    link.sendBinary(Uint8Array.of(1));
    expect(socket.sent).toEqual(["pong 1", Uint8Array.of(1)]);
  });

  test("hands on nothing after it was closed", () => {
    const { socket, log, link } = openLink();
    link.close(1000, "");
    socket.opens("");
    socket.receives("late");
    socket.ends(1000, "");
    expect([log, socket.closes]).toEqual([[], [[1000, ""]]]);
  });

  test("to a server that chose no subprotocol is none", () => {
    const { socket, log } = openLink();
    socket.opens("");
    expect([log, socket.closes]).toEqual([[[1006, "the server does not speak ropeway.1"]], [[1000, ""]]]);
  });
});

describe("what the transport has not taken", () => {
  test("is asked for until it is little", () => {
    const { socket, log, link } = openLink();
    socket.bufferedAmount = 70_000;
    expect([link.bufferedAmount, link.bufferedAmount]).toEqual([70_000, 70_000]);
    vi.advanceTimersByTime(20);
    expect(log).toEqual([]);
    socket.bufferedAmount = 60_000;
    vi.advanceTimersByTime(20);
    expect(log).toEqual(["drained"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("does not matter once the link is closed", () => {
    const { socket, log, link } = openLink();
    socket.bufferedAmount = 70_000;
    void link.bufferedAmount;
    link.close(1000, "");
    socket.bufferedAmount = 0;
    vi.advanceTimersByTime(20);
    expect(log).toEqual([]);
  });
});
