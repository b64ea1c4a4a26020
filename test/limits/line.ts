import { connect as connectTls } from "node:tls";
import { formatRequest, requestRaw } from "../raw-peer/raw-client.ts";
import { RawPeer } from "../raw-peer/raw-peer.ts";
import { RawServer } from "../raw-peer/raw-server.ts";
import { FarEnd } from "./far-end.ts";
import { MeasuredProcess, type ProgramName } from "./measured-process.ts";
import type { EndOptions } from "./programs/one-connection.ts";
import type { ReceivingOptions } from "./programs/receiving.ts";
import type { SendingOptions } from "./programs/sending.ts";

/** A program that is one end of a connection, and the other end of it. */
export interface Line extends AsyncDisposable {
  readonly program: MeasuredProcess;
  readonly far: FarEnd;
}

export function openSending(options: SendingOptions): Promise<Line> {
  return openLine("sending", options);
}

export function openReceiving(options: ReceivingOptions): Promise<Line> {
  return openLine("receiving", options);
}

async function openLine(name: ProgramName, options: EndOptions): Promise<Line> {
  await using stack = new AsyncDisposableStack();
  if (options.role === "server") {
    const program = stack.use(await MeasuredProcess.start(name, options));
    const peer = await connectPeer(program.port, options);
    return toLine(program, new FarEnd(peer), stack.move());
  }
  const listener = stack.use(await RawServer.listen());
  const program = stack.use(await MeasuredProcess.start(name, { ...options, url: listener.url() }));
  const { peer } = await listener.acceptWebSocket(extensionsOf(options));
  return toLine(program, new FarEnd(peer), stack.move());
}

async function connectPeer(port: number, options: EndOptions): Promise<RawPeer> {
  const fields = extensionsOf(options);
  if (options.engine?.tls === undefined) return (await requestRaw(port, { fields })).peer;
  const peer = new RawPeer(connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }), "client");
  peer.write(formatRequest(port, { fields }));
  await peer.readHead();
  return peer;
}

function toLine(program: MeasuredProcess, far: FarEnd, stack: AsyncDisposableStack): Line {
  return {
    program,
    far,
    async [Symbol.asyncDispose]() {
      far.destroy();
      await stack.disposeAsync();
    },
  };
}

function extensionsOf({ engine }: EndOptions): Record<string, string | undefined> {
  const isOffered = engine?.perMessageDeflate !== undefined && engine.perMessageDeflate !== false;
  const value = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  return { "Sec-WebSocket-Extensions": isOffered ? value : undefined };
}
