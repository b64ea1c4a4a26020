import type { TransportSocket } from "../../src/client/index.ts";

/** A platform's WebSocket whose network is the test. */
export class FakeSocket implements TransportSocket {
  /** All that were made, in order. */
  static made: FakeSocket[] = [];

  readonly url: string;
  readonly protocols: string[];
  readonly sent: unknown[] = [];
  readonly closes: unknown[][] = [];
  readyState = 0;
  protocol = "";
  extensions = "";
  bufferedAmount = 0;
  binaryType = "blob";
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: never) => unknown) | null = null;
  onerror: ((event: never) => unknown) | null = null;
  onclose: ((event: never) => unknown) | null = null;

  constructor(url: string, protocols: string | string[]) {
    this.url = url;
    this.protocols = [protocols].flat();
    FakeSocket.made.push(this);
  }

  /** The one made last. */
  static get last(): FakeSocket {
    return FakeSocket.made.at(-1)!;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(...given: [code?: number, reason?: string]): void {
    this.closes.push(given);
  }

  opens(protocol: string): void {
    this.readyState = 1;
    this.protocol = protocol;
    this.onopen?.({} as never);
  }

  receives(data: unknown): void {
    this.onmessage?.({ data } as never);
  }

  fails(error?: unknown): void {
    this.onerror?.({ error } as never);
    this.ends(1006, "");
  }

  ends(code: number, reason: string, wasClean = false): void {
    this.readyState = 3;
    this.onclose?.({ code, reason, wasClean } as never);
  }

  /** The frames of that word which were sent. */
  frames(word: string): string[] {
    return this.sent.filter(
      (frame): frame is string => typeof frame === "string" && frame.startsWith(`${word} `),
    );
  }
}

export const hello = 'hello {"messageBytesMax":1048576,"streamsMax":64,"suspendedMsMax":120000}';

/** What a server answers to `open` number `linkEpoch`. */
export function opened(linkEpoch = 1, protocol = ""): string {
  const window = [1024, 262_144];
  const members = { messageBytesMax: 1_048_576, streamsMax: 64, window, streamWindow: [16, 16_384] };
  const secret = "k".repeat(22);
  return `opened ${JSON.stringify({ session: "s".repeat(22), secret, linkEpoch, protocol, ...members })}`;
}
