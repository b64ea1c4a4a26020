import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { ByteStream } from "./byte-stream.ts";
import { closeBody, decodeFrame, encodeFrame, opcodes, type Frame, type FrameSpec } from "./frame.ts";
import { parseHead, type HttpHead } from "./http-head.ts";

/** What a peer sends: without `mask` it masks if it plays the client, `false` forbids it. */
export type PeerFrame = Omit<FrameSpec, "mask"> & { mask?: Uint8Array | boolean };

/** The other end of the line in tests: it writes any bytes and reads frames by demand. */
export class RawPeer implements AsyncDisposable {
  readonly stream: ByteStream;
  /** The role that the peer plays, the opposite of the engine's. */
  readonly role: "client" | "server";

  constructor(socket: Socket, role: "client" | "server") {
    this.stream = new ByteStream(socket);
    this.role = role;
  }

  get ended(): Promise<void> {
    return this.stream.ended;
  }

  write(bytes: Uint8Array | string): void {
    this.stream.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  encode({ mask, ...frame }: PeerFrame): Buffer {
    const wanted = mask ?? this.role === "client";
    return encodeFrame({
      ...frame,
      mask: wanted === true ? randomBytes(4) : wanted === false ? undefined : wanted,
    });
  }

  /** Writes the frames in one piece. */
  send(...frames: PeerFrame[]): void {
    this.write(Buffer.concat(frames.map((frame) => this.encode(frame))));
  }

  sendText(payload: string | Uint8Array): void {
    this.send({ opcode: opcodes.text, payload });
  }

  sendClose(code?: number, reason?: string | Uint8Array): void {
    this.send({ opcode: opcodes.close, payload: code === undefined ? "" : closeBody(code, reason) });
  }

  readHead(): Promise<HttpHead> {
    return this.stream.take(parseHead, "an HTTP head");
  }

  readFrame(): Promise<Frame> {
    const parse = (bytes: Buffer) => {
      const decoded = decodeFrame(bytes);
      return decoded && { value: decoded.frame, size: decoded.size };
    };
    return this.stream.take(parse, "a frame");
  }

  /** Reads as many frames. */
  async readFrames(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.readFrame());
    return frames;
  }

  /** Reads on to the Close frame and returns its code (undefined for an empty body) and reason. */
  async readClose(): Promise<{ code: number | undefined; reason: string }> {
    let frame = await this.readFrame();
    while (frame.opcode !== opcodes.close) frame = await this.readFrame();
    const { payload } = frame;
    return {
      code: payload.length < 2 ? undefined : payload.readUInt16BE(),
      reason: payload.toString("utf8", 2),
    };
  }

  /** Reads the Close frame with which the engine fails the connection, then waits until it has closed its side. */
  async readFailure(): Promise<number | undefined> {
    const { code } = await this.readClose();
    await this.ended;
    this.end();
    return code;
  }

  /** Closes this side only. */
  end(): void {
    this.stream.socket.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { socket } = this.stream;
    if (socket.destroyed) return;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.destroy();
    await closed;
  }
}
