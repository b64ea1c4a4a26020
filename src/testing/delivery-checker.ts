import { type DeliveryFate, deliveryFates, deliveryFaults, type DeliveryReport } from "./delivery-report.ts";
import { FaultExamples } from "./fault-examples.ts";
import { type IdRange, IdRanges } from "./id-ranges.ts";

/** What is known of a message, one bit each. */
const Mark = { started: 1, again: 2, late: 4, expired: 8, cancelled: 16 } as const;

const FIRST_CAPACITY = 64;
/** So many starts can wait for the news that their message was accepted. */
const WAITING_STARTS_MAX = 2 ** 20;

/**
 * Watches one direction of one ordered stream, also across several sessions, and says in the end what became of each
 * message. Messages have ids: consecutive integers in the order of sending, which travel in the payload. Who reads them
 * there checks the rest of the payload, too, and calls `started(NaN)` for one that is not what its id says.
 *
 * What the two ends saw can be told in any order between them, as from two processes; what one end saw, in its order. A
 * start may be told up to 1,048,576 starts before its message is told to be accepted. No id that is told makes a call
 * throw. Memory: a byte for each message, and 8 for each start that waits.
 */
export class DeliveryChecker {
  readonly #firstId: number;
  /** The marks of accepted messages, by id − first id. */
  #marks = new Uint8Array(FIRST_CAPACITY);
  #accepted = 0;
  readonly #unknown = new IdRanges();
  readonly #examples = new FaultExamples();
  #invented = 0;
  #misnumbered = 0;
  /** The highest accepted id that was started. */
  #highest = -Infinity;
  /** Starts that wait, from `#waitingFrom` on: the first of them is of a message not accepted yet. */
  readonly #waiting: number[] = [];
  #waitingFrom = 0;

  /** `firstId` is the first message's, 0 by default; `RangeError` unless it is a safe integer. */
  constructor({ firstId = 0 }: { readonly firstId?: number } = {}) {
    if (!Number.isSafeInteger(firstId))
      throw new RangeError(`The first id is a safe integer, not ${firstId}`);
    this.#firstId = firstId;
  }

  /** The message was taken for sending: `send()` returned. */
  accepted(id: number): void {
    if (id !== this.#firstId + this.#accepted) {
      this.#misnumbered++;
      this.#examples.passOther("misnumbered", toId(id));
      return;
    }
    if (this.#accepted === this.#marks.length) this.#grow();
    this.#accepted++;
    this.#judgeWaiting();
  }

  /** The peer's handler began with the message. */
  started(id: number): void {
    const known = toId(id);
    if (this.#waiting.length === 0 && !this.#mayBeAcceptedLater(known)) {
      this.#judgeStart(known);
      return;
    }
    this.#waiting.push(known);
    if (this.#waiting.length - this.#waitingFrom > WAITING_STARTS_MAX) this.#judgeFirstWaiting();
    this.#judgeWaiting();
  }

  /** The sender was told that the message expired: it was not, and will not be, started. */
  reportedExpired(id: number): void {
    this.#report(toId(id), Mark.expired);
  }

  /** The sender was told that the message was cancelled before it was started. */
  reportedCancelled(id: number): void {
    this.#report(toId(id), Mark.cancelled);
  }

  /** Either side was told that the fate of these messages is unknown. Ids that were never accepted may be among them. */
  reportedUnknown(range: IdRange): void {
    this.#unknown.add(range);
  }

  /**
   * Says what became of each message. Call it once, at the end. `isDrained`: whatever was on its way has arrived, so that
   * what was neither started nor reported is lost. Else that is lost only where a later message was started.
   */
  finish({ isDrained }: { readonly isDrained: boolean }): DeliveryReport {
    while (this.#waiting.length > 0) this.#judgeFirstWaiting();
    this.#examples.forgetNeighbours();
    const counts = Object.fromEntries(deliveryFates.map((fate) => [fate, 0])) as Record<DeliveryFate, number>;
    const isUnknown = this.#unknown.lookUpAscending();
    for (let i = 0; i < this.#accepted; i++) {
      const id = this.#firstId + i;
      const isPassedOver = isDrained || id < this.#highest;
      const fate = fateOf(this.#marks[i]!, { isUnknown: isUnknown(id), isPassedOver });
      counts[fate]++;
      this.#noteFate(id, fate);
    }
    const all = { ...counts, invented: this.#invented, misnumbered: this.#misnumbered };
    const hasPassed = deliveryFaults.every((fault) => all[fault] === 0);
    return { hasPassed, accepted: this.#accepted, ...all, examples: this.#examples.list() };
  }

  #judgeWaiting(): void {
    while (this.#waiting.length > 0 && !this.#mayBeAcceptedLater(this.#waiting[this.#waitingFrom]!)) {
      this.#judgeFirstWaiting();
    }
  }

  #judgeFirstWaiting(): void {
    const id = this.#waiting[this.#waitingFrom++]!;
    // Half the list at a time, so that moving the rest costs each start no more than a place or two.
    if (this.#waitingFrom * 2 >= this.#waiting.length) {
      this.#waiting.copyWithin(0, this.#waitingFrom);
      this.#waiting.length -= this.#waitingFrom;
      this.#waitingFrom = 0;
    }
    this.#judgeStart(id);
  }

  #judgeStart(id: number): void {
    if (!this.#isAccepted(id)) {
      this.#invented++;
      this.#examples.passStart(id, "invented");
      return;
    }
    const marks = this.#marks[id - this.#firstId]!;
    const mark = (marks & Mark.started) !== 0 ? Mark.again : id < this.#highest ? Mark.late : 0;
    this.#marks[id - this.#firstId] = marks | Mark.started | mark;
    this.#examples.passStart(id, mark === 0 ? null : mark === Mark.again ? "duplicate" : "reordered");
    if (id > this.#highest) this.#highest = id;
  }

  #report(id: number, mark: number): void {
    if (this.#isAccepted(id)) {
      this.#marks[id - this.#firstId]! |= mark;
      return;
    }
    this.#invented++;
    this.#examples.passOther("invented", id);
  }

  /** Notes what shows only in the end; duplicate and reordered messages were noted when they were started. */
  #noteFate(id: number, fate: DeliveryFate): void {
    if (fate === "lost" || fate === "unknown" || fate === "unreportedUnknown")
      this.#examples.passOther(fate, id);
    else if (fate !== "expired" && fate !== "cancelled")
      this.#examples.passStart(id, fate === "contradicted" ? fate : null);
  }

  #isAccepted(id: number): boolean {
    return id >= this.#firstId && id < this.#firstId + this.#accepted;
  }

  #mayBeAcceptedLater(id: number): boolean {
    return id >= this.#firstId + this.#accepted;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#marks.length * 2);
    larger.set(this.#marks);
    this.#marks = larger;
  }
}

interface Circumstances {
  /** Its fate was reported as unknown. */
  readonly isUnknown: boolean;
  /** It cannot be started any more. */
  readonly isPassedOver: boolean;
}

function fateOf(marks: number, { isUnknown, isPassedOver }: Circumstances): DeliveryFate {
  if ((marks & Mark.started) !== 0) {
    if ((marks & Mark.again) !== 0) return "duplicate";
    if ((marks & (Mark.expired | Mark.cancelled)) !== 0) return "contradicted";
    return (marks & Mark.late) !== 0 ? "reordered" : "ok";
  }
  if ((marks & Mark.expired) !== 0) return "expired";
  if ((marks & Mark.cancelled) !== 0) return "cancelled";
  if (isUnknown) return "unknown";
  return isPassedOver ? "lost" : "unreportedUnknown";
}

/** What can be no id becomes NaN, which is none either and can be reckoned with. */
function toId(id: number): number {
  return Number.isSafeInteger(id) ? id : Number.NaN;
}
