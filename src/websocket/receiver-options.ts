import { isUtf8 } from "node:buffer";
import type { Inflater, MessageAssemblerOptions, MessageLimits } from "../protocol/index.ts";
import { allocateMessage, freeMessage } from "./message-memory.ts";

const known = new WeakMap<MessageLimits, MessageAssemblerOptions>();

/** What a connection's receiver needs: one object for all connections with these limits that do not inflate. */
export function receiverOptions(
  limits: MessageLimits,
  inflater: Inflater | undefined,
): MessageAssemblerOptions {
  let options = known.get(limits);
  if (options === undefined) {
    const { maxPayload, maxFragments } = limits;
    options = {
      maxPayload,
      maxFragments,
      inflater: undefined,
      allocate: allocateMessage,
      free: freeMessage,
      isUtf8,
    };
    known.set(limits, options);
  }
  return inflater === undefined ? options : { ...options, inflater };
}
