import type { Socket } from "node:net";
import type { ConnectionEvent, ServerSocket } from "../../src/server/index.ts";

/** The server's end of a conversation with the page of fixtures/page-life: it talks as that does. */
export class TalkingEnd {
  /** The messages that came, by their numbers. */
  readonly started: number[] = [];
  readonly socket: ServerSocket;
  /** The TCP connection of the session's first link. */
  readonly firstLink: Socket;
  #talk: NodeJS.Timeout | undefined;
  #sent = 0;

  constructor({ socket, request }: ConnectionEvent) {
    this.socket = socket;
    this.firstLink = request.incoming!.socket;
    socket.onmessage = ({ data }) => this.#receive(data as string);
    socket.addEventListener("close", () => this.quiet());
  }

  /** How many messages were sent to this page and to those before it whose place it took. */
  get sent(): number {
    return this.#sent;
  }

  quiet(): void {
    clearInterval(this.#talk);
  }

  /** The page says first how many messages it has. */
  #receive(text: string): void {
    const [, has] = /^has (\d+)$/.exec(text) ?? [];
    if (has === undefined) this.started.push(Number(text));
    else this.#start(Number(has));
  }

  #start(first: number): void {
    this.#sent = first;
    this.#talk = setInterval(() => {
      for (let i = 0; i < 10; i++) this.socket.send(`${this.#sent++}`);
    }, 50);
  }
}
