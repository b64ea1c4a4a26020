/** How a roster knows where in it a member is. A member is in one roster at a time, and what it keeps begins with -1. */
export interface Places<Member> {
  placeOf(member: Member): number;
  setPlace(member: Member, place: number): void;
}

/**
 * Those that are there now, as they come and go. It does what a Set does, but V8 links every table that a Set has outgrown to
 * the next one: where members come and go quickly, all that have gone since the last full garbage collection would
 * stay in memory, and be copied there (docs/decisions/0009).
 */
export class Roster<Member extends object> {
  readonly #places: Places<Member>;
  readonly #members: Member[] = [];
  #view: Set<Member> | undefined;

  constructor(places: Places<Member>) {
    this.#places = places;
  }

  get size(): number {
    return this.#members.length;
  }

  /** The members as a Set, which from now on comes and goes with them. */
  get view(): ReadonlySet<Member> {
    this.#view ??= new Set(this.#members);
    return this.#view;
  }

  add(member: Member): void {
    this.#places.setPlace(member, this.#members.push(member) - 1);
    this.#view?.add(member);
  }

  /** Without effect if it is not there. */
  delete(member: Member): void {
    const place = this.#places.placeOf(member);
    if (this.#members[place] !== member) return;
    const last = this.#members.pop() as Member;
    if (last !== member) {
      this.#members[place] = last;
      this.#places.setPlace(last, place);
    }
    this.#view?.delete(member);
  }

  /** Those that are there when it begins. */
  [Symbol.iterator](): IterableIterator<Member> {
    return [...this.#members].values();
  }
}
