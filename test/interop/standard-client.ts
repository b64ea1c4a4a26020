import type { ClientReport, ClientTask } from "./client-task.ts";

/**
 * A client written for the standard's global `WebSocket`, for Node and for pages. It refers to nothing outside of itself,
 * as its source text is what a browser runs.
 */
export function runStandardClient(url: string, task: ClientTask): Promise<ClientReport> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, [...(task.protocols ?? [])]);
    let opened = false;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      opened = true;
      if (task.close !== undefined) socket.close(task.close.code, task.close.reason);
    });
    socket.addEventListener("message", ({ data }) => socket.send(data as string | ArrayBuffer));
    socket.addEventListener("close", ({ code, reason }) => {
      resolve({ opened, protocol: socket.protocol, extensions: socket.extensions, code, reason });
    });
  });
}
