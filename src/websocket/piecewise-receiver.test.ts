import { expect, test } from "vitest";
import { MessageReceiver } from "../protocol/index.ts";
import { PiecewiseReceiver } from "./piecewise-receiver.ts";

const maxPayload = 1024 * 1024;
/** The frame of a text message of 1000 bytes with an empty mask, twenty times. */
const frame = Buffer.concat([Buffer.from([0x81, 0xfe, 0x03, 0xe8, 0, 0, 0, 0]), Buffer.alloc(1000, "a")]);
const chunk = Buffer.concat(Array.from({ length: 20 }, () => frame));

/** A receiver that is held back from the message with this number on. */
function receiveUntil(heldFrom: number) {
  const texts: number[] = [];
  const owner = {
    heldFrom,
    get isHeldBack() {
      return texts.length >= this.heldFrom;
    },
  };
  const ignored = () => {};
  const handler = {
    onText: (_bytes: Uint8Array, start: number, end: number) => void texts.push(end - start),
    onBinary: ignored,
    onPing: ignored,
    onPong: ignored,
    onClose: ignored,
    onProtocolError: ignored,
  };
  const allocate = (bytes: number) => new Uint8Array(bytes);
  const receiver = new MessageReceiver("server", handler, { maxPayload, maxFragments: 100, allocate });
  return { texts, owner, pieces: new PiecewiseReceiver(receiver, owner) };
}

test("a chunk is received in one go while nothing holds it back", () => {
  const { texts, pieces } = receiveUntil(Number.POSITIVE_INFINITY);
  pieces.receive(Buffer.from(chunk));
  expect(texts).toEqual(Array.from({ length: 20 }, () => 1000));
  expect(pieces.isWaiting).toBe(false);
});

test("once it is held back, the rest waits, whatever comes after it", () => {
  const { texts, owner, pieces } = receiveUntil(1);
  pieces.receive(Buffer.from(chunk));
  const received = texts.length;
  expect(received).toBeLessThan(10);
  pieces.receive(Buffer.from(chunk));
  expect(texts).toHaveLength(received);
  expect(pieces.isWaiting).toBe(true);
  owner.heldFrom = Number.POSITIVE_INFINITY;
  pieces.receive(Buffer.alloc(0));
  expect(texts).toEqual(Array.from({ length: 40 }, () => 1000));
  expect(pieces.isWaiting).toBe(false);
});
