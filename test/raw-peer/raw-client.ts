import { connect } from "node:net";
import { formatHead, requestFields, type Fields, type HttpHead } from "./http-head.ts";
import { RawPeer } from "./raw-peer.ts";

export interface RequestOptions {
  /** Changes to the correct fields; `undefined` leaves one out. */
  fields?: Fields;
  /** Default `GET / HTTP/1.1`. */
  startLine?: string;
}

export async function connectRaw(port: number): Promise<RawPeer> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return new RawPeer(socket, "client");
}

export function formatRequest(port: number, { fields, startLine }: RequestOptions = {}): string {
  return formatHead(startLine ?? "GET / HTTP/1.1", { ...requestFields(port), ...fields });
}

/** Connects, sends a handshake, and reads the response's head. */
export async function requestRaw(
  port: number,
  options: RequestOptions = {},
): Promise<{ peer: RawPeer; response: HttpHead }> {
  const peer = await connectRaw(port);
  peer.write(formatRequest(port, options));
  return { peer, response: await peer.readHead() };
}
