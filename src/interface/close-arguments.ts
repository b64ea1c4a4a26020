import { utf8Bytes } from "../session/index.ts";
import { toClampedUnsignedShort, toDomString } from "./web-idl.ts";

const reasonBytesMax = 123;

/** What a close event says where no code was given. */
const noCode = 1005;

/**
 * The arguments of `close`, as the standard has them. A reason alone comes with 1000, and 1005 stands for neither.
 *
 * @throws {DOMException} InvalidAccessError for a code that may not be given, SyntaxError for a longer reason.
 */
export function checkClose(
  code: unknown,
  reason: unknown = "",
  isServer = false,
): { code: number; reason: string } {
  const given = code === undefined ? undefined : toClampedUnsignedShort(code);
  if (given !== undefined && !isForClients(given) && !(isServer && isForServers(given))) {
    throw new DOMException(`Close code ${given} may not be given here (RFC 6455 §7.4)`, "InvalidAccessError");
  }
  const text = toDomString(reason);
  const bytes = utf8Bytes(text);
  if (bytes > reasonBytesMax) {
    throw new DOMException(
      `A close reason has ${bytes} bytes, the limit is ${reasonBytesMax}`,
      "SyntaxError",
    );
  }
  return { code: given ?? (bytes > 0 ? 1000 : noCode), reason: text };
}

function isForClients(code: number): boolean {
  return code === 1000 || (code >= 3000 && code <= 4999);
}

function isForServers(code: number): boolean {
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}
