import { Burst } from "../../src/cli/load/burst.ts";
import type { Message } from "../../src/cli/load/frames.ts";
import { makeText } from "../../src/cli/load/message-text.ts";
import type { PeerTarget } from "./open-peer.ts";

/** A message of the workload for this server: large ones are binary, Socket.IO's are events. */
export function makeMessage(target: PeerTarget, options: { bytes: number; seed: number }): Message {
  const text = makeText(options.bytes, options.seed);
  const { dialect, deflate } = target;
  if (dialect === "socket.io") {
    return { payload: Buffer.from(`42${JSON.stringify(["message", text])}`), opcode: 1 };
  }
  return { payload: Buffer.from(text), opcode: options.bytes > 4096 ? 2 : 1, compressed: deflate };
}

/** The same message so many times, each with a mask of its own. */
export function repeat(message: Message, times: number): Burst {
  return new Burst(Array.from({ length: times }, () => message));
}
