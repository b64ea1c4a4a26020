/** What the client uses of a `WebSocket`: the platform's, or a class that was handed in. */
export interface TransportSocket {
  readonly readyState: number;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  send(data: string | Uint8Array<ArrayBuffer> | ArrayBuffer | Blob): void;
  close(code?: number, reason?: string): void;
}

export type TransportSocketClass = new (url: string, protocols: string | string[]) => TransportSocket;

/** @throws {TypeError} if the platform has no WebSocket. */
export function platformSocketClass(): TransportSocketClass {
  const found = (globalThis as { WebSocket?: TransportSocketClass }).WebSocket;
  if (found === undefined) {
    throw new TypeError("There is no global WebSocket here: hand in a class, connect(url, { WebSocket })");
  }
  return found;
}
