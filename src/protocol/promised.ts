/** Whether `value` is a promise, or behaves like one to `await`. */
export function isPromised(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  );
}

/**
 * The caller's mistake, where a function given as the option `name` returned a promise although its answer is needed at
 * once; undefined where it did not. If the promise is rejected nobody else hears of it, which must not end the process.
 */
export function promiseMistake(name: string, returned: unknown): TypeError | undefined {
  if (!isPromised(returned)) return undefined;
  Promise.resolve(returned).catch(() => {});
  return new TypeError(
    `${name} returned a Promise; it must be synchronous, use verifyClient for what takes time`,
  );
}
