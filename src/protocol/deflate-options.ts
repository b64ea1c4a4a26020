import type { Role } from "./role.ts";
import { showValue } from "./show-value.ts";

/** The option `perMessageDeflate`. What is left out has the default that is named with it. */
export interface PerMessageDeflateOptions {
  /** Messages of fewer bytes are sent as they are. */
  readonly threshold?: number;
  /** Default `true`: the server deflates each message by itself, and neither end keeps a window for it. */
  readonly serverNoContextTakeover?: boolean;
  /** Default `true`: likewise for what the client sends. */
  readonly clientNoContextTakeover?: boolean;
  /** Default 15: the server's window has at most 2 to this power bytes. */
  readonly serverMaxWindowBits?: number;
  /** Default 15: likewise the client's. Given as 15 to a client, the server may not lower it. */
  readonly clientMaxWindowBits?: number;
  /**
   * How hard zlib tries, from 0 to 9; -1 is zlib's default. Given, zlib deflates all messages. Left out, those of up to
   * 4 KiB that take over no context are deflated in JavaScript, in less time and to more bytes: for usual texts, 2 to 16 %.
   */
  readonly level?: number;
  /** How much memory zlib takes, from 1 to 9. */
  readonly memLevel?: number;
}

/** The least window that our compressor keeps to: zlib takes 9 bits when it is asked for 8 of a raw stream. */
export const compressorWindowBitsMin = 9;

const windowBitsMin = 8;
export const windowBitsMax = 15;

/**
 * Throws a `TypeError` or `RangeError` that names the option of `perMessageDeflate` with a wrong type or a number out of
 * range. Window bits of our own begin at 9, those asked of the peer at 8.
 */
export function checkDeflateOptions(options: PerMessageDeflateOptions, role: Role): void {
  const serverMin = role === "server" ? compressorWindowBitsMin : windowBitsMin;
  const clientMin = role === "client" ? compressorWindowBitsMin : windowBitsMin;
  checkBoolean(options, "serverNoContextTakeover");
  checkBoolean(options, "clientNoContextTakeover");
  checkInteger(options, "serverMaxWindowBits", [serverMin, windowBitsMax]);
  checkInteger(options, "clientMaxWindowBits", [clientMin, windowBitsMax]);
  checkInteger(options, "threshold", [0, Number.MAX_SAFE_INTEGER]);
  checkInteger(options, "level", [-1, 9]);
  checkInteger(options, "memLevel", [1, 9]);
}

function checkBoolean(options: PerMessageDeflateOptions, name: keyof PerMessageDeflateOptions): void {
  const given: unknown = options[name];
  if (given !== undefined && typeof given !== "boolean") {
    throw new TypeError(`perMessageDeflate.${name} is ${showValue(given)}, allowed are true and false`);
  }
}

function checkInteger(
  options: PerMessageDeflateOptions,
  name: keyof PerMessageDeflateOptions,
  [min, max]: readonly [number, number],
): void {
  const given: unknown = options[name];
  if (given === undefined) return;
  if (!Number.isInteger(given) || (given as number) < min || (given as number) > max) {
    throw new RangeError(
      `perMessageDeflate.${name} is ${showValue(given)}, allowed are integers from ${min} to ${max}`,
    );
  }
}
