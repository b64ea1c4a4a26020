import { WebSocket } from "ws";
import type { ClientReport, ClientTask, PeerClient } from "./client-task.ts";
import { sendInFragments } from "./ws-fragments.ts";

/** The client of `ws`, which compresses however small a message is. */
export const wsClient: PeerClient = {
  name: "ws",
  traits: {
    fragments: true,
    pings: true,
    compresses: true,
    limitsWindow: true,
    showsParameters: true,
    keepsByteOrderMark: true,
  },
  run: (url, task) => new Promise((resolve) => run(url, task, resolve)),
};

function run(url: string, task: ClientTask, finish: (report: ClientReport) => void): void {
  const socket = new WebSocket(url, [...(task.protocols ?? [])], {
    ca: task.ca,
    perMessageDeflate: { threshold: 0 },
  });
  let opened = false;
  let pong: string | undefined;
  socket.on("open", () => {
    opened = true;
    if (task.ping === undefined) close();
    else socket.ping(task.ping);
  });
  socket.on("pong", (payload) => {
    pong = payload.toString("utf8");
    close();
  });
  socket.on("message", (data: Buffer, isBinary) =>
    sendInFragments(socket, { data, isBinary }, task.fragments),
  );
  socket.on("error", () => {});
  socket.on("close", (code, reason) => {
    const { protocol, extensions: names } = socket;
    finish({
      opened,
      protocol,
      extensions: names === "" ? "" : extensions,
      code,
      reason: reason.toString("utf8"),
      pong,
    });
  });
  // `extensions` of a ws socket are the names only; what was agreed stands in the response.
  let extensions = "";
  socket.on("upgrade", ({ headers }) => {
    extensions = headers["sec-websocket-extensions"] ?? "";
  });

  function close(): void {
    if (task.close !== undefined) socket.close(task.close.code, task.close.reason);
  }
}
