import type { Duplex } from "node:stream";

/** Whom a transport's events concern. */
export interface TransportOwner {
  receive(chunk: Buffer): void;
  handleTransportEnd(): void;
  handleTransportError(error: Error): void;
  handleTransportClose(): void;
}

type OwnedTransport = Duplex & { [ownerOf]?: TransportOwner };

const ownerOf = Symbol("owner");

/** Tells the owner of the transport's events. The listeners are shared, so that a connection costs no closures. */
export function listenToTransport(transport: Duplex, owner: TransportOwner): void {
  (transport as OwnedTransport)[ownerOf] = owner;
  transport.on("data", receiveData);
  transport.on("end", receiveEnd);
  transport.on("error", noteError);
  transport.on("close", noteClose);
}

function receiveData(this: OwnedTransport, chunk: Buffer): void {
  this[ownerOf]?.receive(chunk);
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
