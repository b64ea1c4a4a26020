import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { recycle } from "./message-memory.ts";

/** The memory of a smaller chunk is left to the garbage collector. */
const freedBytesMin = 16 * 1024;

/**
 * Gives back the memory of a chunk that was read and of which nothing was kept. Node reads each chunk into new memory;
 * what the garbage collector has not freed yet makes it run, and the next read goes to memory that no cache holds.
 */
export function freeChunk(transport: Duplex, chunk: Buffer): void {
  const memory = chunk.buffer;
  if (chunk.length < freedBytesMin || chunk.length !== memory.byteLength) return;
  // Another stream may read into memory that it uses again, and another listener may have kept the chunk.
  if (!(transport instanceof Socket) || transport.listenerCount("data") > 1) return;
  recycle(memory as ArrayBuffer);
}
