import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { opcodes } from "../../test/raw-peer/frame.ts";
import { openPair, roles } from "../../test/raw-peer/open-pair.ts";
import { freeChunk } from "./free-chunk.ts";

const ignored = (): void => {};

function socketWith(listeners: number): Socket {
  const socket = new Socket();
  for (let i = 0; i < listeners; i++) socket.on("data", () => ignored());
  return socket;
}

describe("the memory of a chunk", () => {
  test("is given back at once", () => {
    const chunk = Buffer.alloc(16 * 1024);
    freeChunk(socketWith(1), chunk);
    expect(chunk.buffer.byteLength).toBe(0);
  });

  test.each([
    ["that is small", socketWith(1), Buffer.alloc(16 * 1024 - 1)],
    ["that is a part of more", socketWith(1), Buffer.alloc(64 * 1024).subarray(1)],
    ["that another listener may have kept", socketWith(2), Buffer.alloc(64 * 1024)],
    ["of a stream that is no socket", new Duplex({ read: ignored }), Buffer.alloc(64 * 1024)],
  ])("%s is left alone", (_what, transport, chunk) => {
    const { length } = chunk;
    freeChunk(transport, chunk);
    expect(chunk).toHaveLength(length);
  });
});

describe.each(roles)("a %s's listener", (role) => {
  test.each([1000, 40_000, 65_536, 1_000_000])("may keep messages of %d bytes", async (bytes) => {
    await using pair = await openPair(role);
    const kept: Buffer[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    pair.engine.connection.onmessage = ({ data }) => {
      if (kept.push(data as Buffer) === 30) resolve();
    };
    pair.engine.connection.binaryType = "nodebuffer";
    for (let i = 0; i < 30; i++)
      pair.peer.send({ opcode: opcodes.binary, payload: Buffer.alloc(bytes, `message ${i},`) });
    await promise;
    expect(kept.map((data, i) => data.equals(Buffer.alloc(bytes, `message ${i},`)))).toEqual(
      kept.map(() => true),
    );
  });
});
