import { type Deflater, FIN, Opcode, RSV1 } from "../protocol/index.ts";
import { ConnectionError } from "./errors.ts";
import { flushAfterTurn } from "./flush.ts";
import type { Outbox } from "./outbox.ts";
import { SendOrder } from "./send-order.ts";

/** The connection that a sender belongs to. */
export interface SenderOwner {
  /** Whether messages may be sent: the closing handshake has not begun. */
  readonly isOpen: boolean;
  /** Whether the connection has failed or ended. */
  readonly isOver: boolean;
  /** Something that was published before has to go before what is sent, or counted, now. */
  settlePublications(): void;
  /** Something was sent. */
  scheduleFlush(): void;
  /** More was to wait than may; the connection has to end. */
  handleBufferFull(error: ConnectionError): void;
  /** A Blob that was accepted cannot be read. */
  handleUnreadableBlob(error: unknown): void;
}

export interface SenderParts {
  readonly outbox: Outbox;
  readonly bufferedBytesMax: number;
  readonly deflater: Deflater | undefined;
}

/** Every so many calls of `writable()` wait for the event loop's next turn at least. */
const writableCallsPerTurn = 64;

/** Messages on their way out: bounded, in order also where a Blob has to be read first, and compressed. */
export class Sender {
  /** Connections that share it can be sent the same compressed frame. */
  readonly deflater: Deflater | undefined;
  readonly #owner: SenderOwner;
  readonly #outbox: Outbox;
  readonly #bufferedBytesMax: number;
  #order: SendOrder | undefined;
  /** Who waits for room. */
  #waiting: (() => void)[] | undefined;
  #writableCalls = 0;

  constructor(owner: SenderOwner, { outbox, bufferedBytesMax, deflater }: SenderParts) {
    this.#owner = owner;
    this.#outbox = outbox;
    this.#bufferedBytesMax = bufferedBytesMax;
    this.deflater = deflater;
  }

  get bufferedAmount(): number {
    this.#owner.settlePublications();
    const amount = this.#outbox.bufferedAmount + (this.#order?.payloadBytes ?? 0);
    // Whoever saw that something waits may wait for `drain`, which must come even if the transport takes all at once.
    if (amount > 0) this.#outbox.watch();
    return amount;
  }

  /** Whether what is sent now has to wait for a Blob that was sent before. */
  get isReadingBlob(): boolean {
    return this.#order?.isBusy === true;
  }

  sendText(text: string): void {
    this.#owner.settlePublications();
    if (!this.#owner.isOpen) this.#outbox.discard(Buffer.byteLength(text));
    else if (this.#admit(text.length))
      if (this.isReadingBlob) this.#order?.add(Buffer.byteLength(text), () => this.#sendTextNow(text));
      else this.#sendTextNow(text);
  }

  /** Sends bytes. Over 16 KiB, and in the server's role, they must not change before they have left. */
  sendBinary(payload: Uint8Array): void {
    this.#owner.settlePublications();
    if (!this.#owner.isOpen) this.#outbox.discard(payload.length);
    else if (this.#admit(payload.length))
      if (this.isReadingBlob) this.#sendBinaryLater(Uint8Array.from(payload));
      else this.#sendBinaryNow(payload);
  }

  /** Sends what is read later in the place that it has now. */
  sendBlob(blob: Blob): void {
    this.#owner.settlePublications();
    this.#order ??= new SendOrder((error) => this.#owner.handleUnreadableBlob(error));
    if (!this.#owner.isOpen) this.#outbox.discard(blob.size);
    else if (this.#admit(blob.size)) this.#order.addBlob(blob, (payload) => this.#sendBinaryNow(payload));
  }

  /** Adds whole frames that others are sent, too. They leave with the outbox's `flush`, or with `flushAfterTurn`. */
  sendShared(frames: Uint8Array, payloadBytes: number): void {
    if (this.#owner.isOpen && this.#admit(payloadBytes)) this.#outbox.addShared(frames, payloadBytes);
  }

  flush(): void {
    this.#outbox.flush();
  }

  flushAfterTurn(): void {
    flushAfterTurn(this.#outbox);
  }

  ping(payload: Uint8Array): void {
    if (!this.#owner.isOpen || !this.#admit(payload.length)) return;
    this.#outbox.addUrgent(Opcode.Ping, payload);
    this.#owner.scheduleFlush();
  }

  /** Calls `send` after what was sent before, with what waits for a Blob. */
  afterBlobs(send: () => void): void {
    if (this.isReadingBlob) this.#order?.add(0, send);
    else send();
  }

  /** Resolves when what was sent is on its way, or the connection is at its end. */
  writable(): Promise<void> {
    this.#owner.settlePublications();
    if (!this.#owner.isOpen) return Promise.resolve();
    if (this.#order?.isBusy === true) return this.#order.done.then(() => this.writable());
    // A loop that awaits this before each message must not keep the event loop to itself.
    const isTurnDue = ++this.#writableCalls % writableCallsPerTurn === 0;
    if (this.#outbox.hasRoom && !isTurnDue) return Promise.resolve();
    this.#outbox.watch();
    flushAfterTurn(this.#outbox);
    return new Promise((resolve) => {
      (this.#waiting ??= []).push(resolve);
    });
  }

  /** There is room, or no use in waiting for it. */
  releaseWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const resolve of waiting ?? []) resolve();
  }

  /** `payload` is a copy: the caller's may change before its turn has come. */
  #sendBinaryLater(payload: Uint8Array): void {
    this.#order?.add(payload.length, () => this.#sendBinaryNow(payload));
  }

  /** Sends what was accepted, unless the connection has failed while it waited for its turn. */
  #sendTextNow(text: string): void {
    if (this.#owner.isOver) this.#outbox.discard(Buffer.byteLength(text));
    else if (this.deflater === undefined) this.#outbox.addText(text);
    else this.#addCompressed(Opcode.Text, Buffer.from(text, "utf8"), this.deflater);
    this.#owner.scheduleFlush();
  }

  #sendBinaryNow(payload: Uint8Array): void {
    if (this.#owner.isOver) this.#outbox.discard(payload.length);
    else if (this.deflater === undefined)
      this.#outbox.add({ first: FIN | Opcode.Binary, payload, payloadBytes: payload.length });
    else this.#addCompressed(Opcode.Binary, payload, this.deflater);
    this.#owner.scheduleFlush();
  }

  #addCompressed(opcode: number, payload: Uint8Array, deflater: Deflater): void {
    const compressed = deflater.deflate(payload);
    const payloadBytes = payload.length;
    if (compressed === undefined) this.#outbox.add({ first: FIN | opcode, payload, payloadBytes });
    else this.#outbox.add({ first: FIN | RSV1 | opcode, payload: compressed, payloadBytes });
  }

  /** Whether `bytes` more may wait; if not, the connection ends, as the standard says of a full buffer. */
  #admit(bytes: number): boolean {
    const limit = this.#bufferedBytesMax;
    const bufferedBytes = this.#outbox.retainedBytes + (this.#order?.retainedBytes ?? 0);
    if (bufferedBytes === 0 || bufferedBytes + bytes <= limit) return true;
    this.#outbox.discard(bytes);
    this.#owner.handleBufferFull(new ConnectionError("WS_BUFFER_FULL", { bufferedBytes, bytes, limit }));
    return false;
  }
}
