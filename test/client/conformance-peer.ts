import type { MessageData } from "../../src/interface/index.ts";

/** The subprotocols that the conformance cases expect a server to choose from. */
export const conformanceProtocols = ["chat"];

interface Peer {
  onmessage: ((event: { data: MessageData }) => unknown) | null;
  send(data: MessageData): void;
  close(code?: number, reason?: string): void;
}

/** What a server does with the sockets of websocket-conformance.ts: it echoes, and closes when told so. */
export function answer(socket: Peer): void {
  socket.onmessage = ({ data }) => {
    const [, code, reason] = /^close (\d+) (.*)$/.exec(typeof data === "string" ? data : "") ?? [];
    if (code === undefined) socket.send(data);
    else socket.close(Number(code), reason);
  };
}
