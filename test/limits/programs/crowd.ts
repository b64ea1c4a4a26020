import { connect, type Socket } from "node:net";
import { encodeFrame, opcodes } from "../../raw-peer/frame.ts";
import { formatRequest } from "../../raw-peer/raw-client.ts";

import { Program } from "./program.ts";
import { subprotocol } from "../subprotocol.ts";

/** How many connections to open to which port of this machine. */
export interface CrowdOptions {
  readonly port: number;
  readonly connections: number;
  /** The size of a cookie in each handshake. Default: none. */
  readonly cookieBytes?: number;
}

/** Handshakes under way at once, which is less than a listener's queue. */
const openingMax = 200;

const program = new Program();
const { port, connections, cookieBytes = 0 } = program.options as CrowdOptions;
const fields = {
  "Sec-WebSocket-Protocol": subprotocol,
  Cookie: cookieBytes === 0 ? undefined : "c".repeat(cookieBytes),
};
const members: Member[] = [];

/** One connection and what is expected of it. */
class Member {
  readonly #socket: Socket;
  readonly #number: number;
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};

  constructor(number: number) {
    this.#number = number;
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("error", (error) => program.note("lost", `${number}: ${error.message}`));
    this.#socket.on("close", () => program.note("lost", number));
    this.#socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
  }

  /** Resolves when the handshake has been answered with 101. */
  async open(): Promise<void> {
    this.#socket.write(formatRequest(port, { fields }));
    const head = await this.#until((received) => received.includes("\r\n\r\n"));
    if (!head.toString("latin1").startsWith("HTTP/1.1 101 ")) program.note("refused", this.#number);
  }

  /** Whether a message of its own comes back, byte for byte. */
  async isEchoed(): Promise<boolean> {
    const payload = `member ${this.#number} of the crowd`;
    const expected = encodeFrame({ opcode: opcodes.text, payload });
    const mask = Buffer.from([1, 2, 3, this.#number & 0xff]);
    this.#socket.write(encodeFrame({ opcode: opcodes.text, payload, mask }));
    const received = await this.#until(({ length }) => length >= expected.length);
    return received.equals(expected);
  }

  /** Cuts the connection by a reset, which leaves no port waiting. */
  leave(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.resetAndDestroy();
  }

  async #until(isEnough: (received: Buffer) => boolean): Promise<Buffer> {
    while (!isEnough(this.#received)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const received = this.#received;
    this.#received = Buffer.alloc(0);
    return received;
  }
}

async function openSome(): Promise<void> {
  while (members.length < connections) {
    const member = new Member(members.length);
    members.push(member);
    await member.open();
    program.progress++;
  }
}

program.ready();
await Promise.all(Array.from({ length: openingMax }, openSome));
program.note("open", program.progress);
await program.command("echo");
const echoes = await Promise.all(members.map((member) => member.isEchoed()));
program.note("echoed", echoes.filter(Boolean).length);
await program.command("leave");
for (const member of members) member.leave();
program.note("left", true);
