import type { SocketEventMap, WebSocketConnection } from "../../src/websocket/index.ts";

/** The next event of that name. */
export function hear<Type extends keyof SocketEventMap>(
  socket: WebSocketConnection,
  type: Type,
): Promise<SocketEventMap[Type]> {
  return new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
}

/** The data of the next messages, binary as text. Fails if the connection closes before. */
export function hearMessages(socket: WebSocketConnection, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const heard: string[] = [];
    socket.addEventListener("message", ({ data }) => {
      if (heard.length < count) heard.push(readable(data));
      if (heard.length === count) resolve(heard);
    });
    socket.addEventListener("close", ({ code }) =>
      reject(new Error(`Closed with ${code} after ${heard.length} of ${count} messages`)),
    );
  });
}

/** Everything that a socket tells, one word each: the type, and for a message or a close event what it says. */
export function journalOf(socket: WebSocketConnection): string[] {
  const journal: string[] = [];
  socket.addEventListener("open", () => journal.push("open"));
  socket.addEventListener("message", ({ data }) => journal.push(`message ${readable(data)}`));
  socket.addEventListener("error", ({ error }) => journal.push(`error ${codeOf(error)}`));
  socket.addEventListener("close", ({ code }) => journal.push(`close ${code}`));
  socket.addEventListener("drain", () => journal.push("drain"));
  return journal;
}

export function readable(data: unknown): string {
  if (typeof data === "string") return data;
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Object.prototype.toString.call(data);
}

function codeOf(error: unknown): string {
  const { code, name, message } = error as Error & { code?: string | number };
  return typeof code === "string" ? code : name === "Error" ? message : name;
}
