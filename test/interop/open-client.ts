import { WebSocket, type WebSocketOptions } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";

/** Our client, when it is open. Fails with what went wrong if it does not open. */
export async function openClient(
  url: string,
  { protocols = [], ...options }: WebSocketOptions & { protocols?: readonly string[] } = {},
): Promise<Observed> {
  const ours = new Observed(new WebSocket(url, protocols, options));
  await Promise.race([ours.opened, ours.closed]);
  if (ours.connection.readyState === 3)
    throw new Error("The connection did not open", { cause: ours.errors[0] });
  return ours;
}
