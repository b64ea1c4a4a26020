/** What Web IDL says of an interface and a JavaScript class does not do by itself. */

const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

/** The constants of the interface, on the constructor and on its prototype (Web IDL §3.7.5): nobody changes them. */
export function defineStates(constructor: { readonly prototype: object }): void {
  for (const [name, value] of Object.entries(states)) {
    Object.defineProperty(constructor, name, { value, enumerable: true });
    Object.defineProperty(constructor.prototype, name, { value, enumerable: true });
  }
}

/**
 * Makes the prototype of `derived` one of its own: what it inherits from `base` is copied to it, and the names of
 * `standard` can be enumerated (Web IDL §3.7.6). It then descends from what `base` descends from, so that a member
 * which is redefined or deleted on it is redefined or gone.
 */
export function flattenPrototype(
  derived: object,
  base: object,
  standard: ReadonlySet<string | symbol>,
): void {
  for (const name of Reflect.ownKeys(base)) {
    if (Object.hasOwn(derived, name)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(base, name) as PropertyDescriptor;
    Object.defineProperty(derived, name, { ...descriptor, enumerable: standard.has(name) });
  }
  Object.setPrototypeOf(derived, Object.getPrototypeOf(base) as object);
}
