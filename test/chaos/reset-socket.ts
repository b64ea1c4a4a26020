import type { Socket } from "node:net";

/**
 * Closes a connection by a reset. While its end is being sent the operating system's wrapper refuses to, and the socket
 * would stay open for good; the reset follows the end then.
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.writableEnded && !socket.writableFinished) socket.once("finish", () => resetSocket(socket));
  else socket.resetAndDestroy();
}
