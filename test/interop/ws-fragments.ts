import type { WebSocket } from "ws";

/** Has a socket of `ws` send a message in as many fragments, cut anywhere: between the bytes of a character, too. */
export function sendInFragments(
  socket: WebSocket,
  { data, isBinary }: { data: Buffer; isBinary: boolean },
  count = 1,
): void {
  const size = Math.max(1, Math.ceil(data.length / count));
  let start = 0;
  do {
    const end = start + size;
    socket.send(data.subarray(start, end), { binary: isBinary, fin: end >= data.length });
    start = end;
  } while (start < data.length);
}
