import {
  checkDeflateOptions,
  type Limit,
  type PerMessageDeflateOptions,
  type Role,
  showValue,
} from "../protocol/index.ts";

/** The longest time that Node's timers take. */
const timeoutMsMax = 2 ** 31 - 1;

/**
 * The numbers that limit something, each as given or by its default. Throws TypeError for what is no number, RangeError
 * for what is not a whole number from 0 (times: up to 2^31 - 1 ms). Infinity is no limit, except for times.
 */
export function checkLimits<Name extends string>(
  options: Partial<Record<NoInfer<Name>, number>>,
  limits: Readonly<Record<Name, Limit>>,
): Record<Name, number> {
  const checked: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(limits) as Name[]) {
    const given = options[name];
    checked[name] = given === undefined ? limits[name].default : checkLimit(name, given, limits[name].unit);
  }
  return checked as Record<Name, number>;
}

/** Throws a TypeError that names the option, what was given and what is allowed, unless `is`. */
export function requireOption(
  name: string,
  given: unknown,
  { is, allowed }: { readonly is: boolean; readonly allowed: string },
): void {
  if (!is) throw new TypeError(`${name} is ${showValue(given)}; it is ${allowed}`);
}

/** The option `perMessageDeflate` as settings; undefined if it is off. */
export function readDeflateOption(given: unknown, role: Role): PerMessageDeflateOptions | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === true) return {};
  const is = typeof given === "object" && given !== null;
  requireOption("perMessageDeflate", given, { is, allowed: "true, false or an object of its parameters" });
  checkDeflateOptions(given as PerMessageDeflateOptions, role);
  return given as PerMessageDeflateOptions;
}

function checkLimit(name: string, given: number, unit: string): number {
  requireOption(name, given, { is: typeof given === "number", allowed: `a number of ${unit}` });
  const isTime = unit === "ms";
  const isAllowed = Number.isInteger(given)
    ? given >= 0 && (!isTime || given <= timeoutMsMax)
    : given === Infinity && !isTime;
  if (isAllowed) return given;
  const allowed = isTime ? `a whole number from 0 to ${timeoutMsMax}` : "a whole number from 0, or Infinity";
  throw new RangeError(`${name} is ${given} ${unit}; it is ${allowed}`);
}
