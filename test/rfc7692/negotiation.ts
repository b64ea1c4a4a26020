import { WebSocket, type WebSocketServerOptions } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";
import { RawServer } from "../raw-peer/raw-server.ts";
import { TestServer } from "../raw-peer/test-server.ts";

type DeflateOption = WebSocketServerOptions["perMessageDeflate"];

/** What a server answers in Sec-WebSocket-Extensions to an offer; undefined if it declines. It must open either way. */
export async function responseTo(
  offer: string | undefined,
  perMessageDeflate: DeflateOption = true,
): Promise<string | undefined> {
  await using server = await TestServer.listen("own listener", { perMessageDeflate });
  const fields = { "Sec-WebSocket-Extensions": offer };
  const { peer, response } = await requestRaw(server.port, { fields });
  await using _peer = peer;
  if (response.status !== 101) throw new Error(`The server answered with ${response.startLine}`);
  return response.field("sec-websocket-extensions");
}

/** What a client offers in Sec-WebSocket-Extensions. */
export async function offerOf(perMessageDeflate: DeflateOption): Promise<string | undefined> {
  await using server = await RawServer.listen();
  const socket = new WebSocket(server.url(), [], { perMessageDeflate });
  socket.onerror = () => {};
  const { request } = await server.acceptRequest();
  return request.field("sec-websocket-extensions");
}

/** Whether a client opens the connection when the server answers with `response`. */
export async function clientTakes(
  response: string,
  perMessageDeflate: DeflateOption = true,
): Promise<boolean> {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url(), [], { perMessageDeflate }));
  const { peer } = await server.acceptWebSocket({ "Sec-WebSocket-Extensions": response });
  const outcome = await Promise.race([engine.opened, engine.closed]);
  if (outcome === undefined) return true;
  if (outcome.code !== 1006 || engine.errors.length !== 1) throw new Error("It failed without an error");
  await peer.ended;
  return false;
}

/** The parameters in an offer or response, by name; a parameter without a value is `true`. */
export function parametersOf(extension: string | undefined): Map<string, string | true> {
  const [, ...parameters] = (extension ?? "").split(/\s*;\s*/);
  return new Map(
    parameters.map((each) => {
      const [name = "", value] = each.split("=");
      return [name, value ?? true];
    }),
  );
}
