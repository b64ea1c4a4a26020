import type { Duplex } from "node:stream";
import { freeChunk } from "./free-chunk.ts";

/** Whom a transport's events concern. */
export interface TransportOwner {
  /** Returns false if no part of the chunk was kept, so that its memory may be used again. */
  receive(chunk: Buffer): unknown;
  handleTransportEnd(): void;
  handleTransportError(error: Error): void;
  handleTransportClose(): void;
}

type OwnedTransport = Duplex & { [ownerOf]?: TransportOwner; [isRead]?: true };

const ownerOf = Symbol("owner");
const isRead = Symbol("isRead");

/**
 * Tells the owner of the transport's events, and no longer the owner before. The listeners are shared, so that a
 * connection costs no closures, and a change of owners changes none of them.
 */
export function listenToTransport(transport: Duplex, owner: TransportOwner): void {
  watchTransport(transport, owner);
  const owned = transport as OwnedTransport;
  if (owned[isRead] === true) return;
  owned[isRead] = true;
  transport.on("data", receiveData);
  transport.on("end", receiveEnd);
}

/** Tells the owner of the transport's failure and close alone: nothing is read from it. */
export function watchTransport(transport: Duplex, owner: TransportOwner): void {
  const owned = transport as OwnedTransport;
  const isWatched = owned[ownerOf] !== undefined;
  owned[ownerOf] = owner;
  if (isWatched) return;
  transport.on("error", noteError);
  transport.on("close", noteClose);
}

function receiveData(this: OwnedTransport, chunk: Buffer): void {
  if (this[ownerOf]?.receive(chunk) === false) freeChunk(this, chunk);
}

function receiveEnd(this: OwnedTransport): void {
  this[ownerOf]?.handleTransportEnd();
}

function noteError(this: OwnedTransport, error: Error): void {
  this[ownerOf]?.handleTransportError(error);
}

function noteClose(this: OwnedTransport): void {
  this[ownerOf]?.handleTransportClose();
}
