import { randomInt } from "node:crypto";
import { opcodes } from "../../raw-peer/frame.ts";
import { connectRaw, formatRequest, requestRaw } from "../../raw-peer/raw-client.ts";
import type { PeerFrame, RawPeer } from "../../raw-peer/raw-peer.ts";
import { numberedMessage } from "../numbered-message.ts";
import { pause, pick, type Visit } from "./visits.ts";

async function open(port: number, path: string, extensions?: string): Promise<RawPeer> {
  const fields = { "Sec-WebSocket-Extensions": extensions };
  const { peer, response } = await requestRaw(port, { startLine: `GET ${path} HTTP/1.1`, fields });
  if (response.status !== 101) throw new Error(`A correct handshake was answered with ${response.status}`);
  return peer;
}

/** What breaks the protocol, and the close code that it is answered with. */
const offences: readonly (readonly [frame: PeerFrame, code: number])[] = [
  [{ opcode: opcodes.text, payload: "unmasked", mask: false }, 1002],
  [{ opcode: 3, payload: "a reserved opcode" }, 1002],
  [{ opcode: opcodes.text, rsv: 2, payload: "a reserved bit" }, 1002],
  [{ opcode: opcodes.continuation, payload: "of nothing" }, 1002],
  [{ opcode: opcodes.ping, payload: Buffer.alloc(126) }, 1002],
  [{ opcode: opcodes.text, payload: Uint8Array.of(0xff, 0xfe) }, 1007],
  [{ opcode: opcodes.binary, payload: "", lengthBits: 64, declaredLength: 2n ** 40n }, 1009],
];

/** Handshakes that are refused, and the status that they are answered with. */
const refusals: readonly (readonly [request: (port: number) => string, status: number])[] = [
  [(port) => formatRequest(port, { fields: { "Sec-WebSocket-Key": "short" } }), 400],
  [(port) => formatRequest(port, { fields: { "Sec-WebSocket-Version": "12" } }), 426],
  [(port) => formatRequest(port, { fields: { Origin: "https://elsewhere.example" } }), 403],
];

/** Visits by a peer that writes its frames itself. */
export const rawVisits: Readonly<Record<string, Visit>> = {
  "fragments with pings between them": async (port) => {
    await using peer = await open(port, "/echo");
    const message = numberedMessage(randomInt(1e6), 20_000);
    const cuts = [0, randomInt(10_000), 10_000 + randomInt(10_000), 20_000];
    for (let i = 0; i < 3; i++) {
      const opcode = i === 0 ? opcodes.binary : opcodes.continuation;
      peer.send({ opcode, payload: message.subarray(cuts[i], cuts[i + 1]), fin: i === 2 });
      if (i < 2) peer.send({ opcode: opcodes.ping, payload: `ping ${i}` });
    }
    for (const [opcode, payload] of [
      [opcodes.pong, "ping 0"],
      [opcodes.pong, "ping 1"],
    ] as const) {
      const frame = await peer.readFrame();
      if (frame.opcode !== opcode || frame.payload.toString() !== payload)
        throw new Error("A ping went unanswered");
    }
    if (!(await peer.readFrame()).payload.equals(message))
      throw new Error("A fragmented message came back changed");
    peer.sendClose(1000, "bye");
    await expectClose(peer, 1000);
  },
  "a cut inside a message": async (port) => {
    await using peer = await open(port, pick(["/echo", "/iterated-echo", "/topics"]));
    const frame = peer.encode({ opcode: opcodes.binary, payload: Buffer.alloc(100_000) });
    peer.write(frame.subarray(0, randomInt(frame.length)));
    if (randomInt(2) === 0) peer.stream.socket.resetAndDestroy();
  },
  "an end without a closing handshake": async (port) => {
    await using peer = await open(port, "/echo");
    peer.sendText("half");
    await peer.readFrame();
    peer.end();
    await peer.ended;
  },
  "an offence against the protocol": async (port) => {
    await using peer = await open(port, "/echo");
    const [frame, code] = pick(offences);
    peer.send(frame);
    await expectClose(peer, code);
  },
  "broken compressed data": async (port) => {
    await using peer = await open(port, "/echo", "permessage-deflate");
    peer.send({ opcode: opcodes.text, rsv: 4, payload: Buffer.from("this is no deflate stream") });
    await expectClose(peer, 1007);
  },
  "a handshake that is refused": async (port) => {
    await using peer = await connectRaw(port);
    const [request, status] = pick(refusals);
    peer.write(request(port));
    const head = await peer.readHead();
    if (head.status !== status)
      throw new Error(`A bad handshake was answered with ${head.status}, not ${status}`);
  },
};

/** Visits that are waited out: the server ends each by one of its limits. */
export const longVisits: Readonly<Record<string, Visit>> = {
  "a handshake that never ends": async (port) => {
    await using peer = await connectRaw(port);
    peer.write(formatRequest(port).slice(0, 1 + randomInt(100)));
    await peer.ended;
  },
  "a peer that has fallen silent": async (port) => {
    await using peer = await open(port, "/echo");
    await peer.ended;
  },
  "a reader that never reads": async (port) => {
    await using peer = await open(port, "/flood");
    const { socket } = peer.stream;
    socket.pause();
    // A socket that does not read learns of its end by writing.
    for (; !socket.destroyed; await pause(100)) peer.send({ opcode: opcodes.ping });
  },
};

async function expectClose(peer: RawPeer, code: number): Promise<void> {
  const came = await peer.readFailure();
  if (came !== code) throw new Error(`The connection was closed with ${came} instead of ${code}`);
}
