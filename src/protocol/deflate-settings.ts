import { type ExtensionParameter, formatExtensions } from "./extensions.ts";

/** The extension's name in `Sec-WebSocket-Extensions` (RFC 7692 §7). */
export const permessageDeflate = "permessage-deflate";

/** The parameters of one offer or response (RFC 7692 §7.1). */
export interface DeflateSettings {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  /** `true` in an offer that leaves the number to the server. */
  readonly clientMaxWindowBits: number | true | undefined;
}

/** The first parameter that breaks a rule, and how. */
export interface DeflateFault {
  readonly parameter: string;
  readonly problem: string;
}

const windowBitsPattern = /^(?:[89]|1[0-5])$/;

/** Which values each parameter may have, in an offer or a response; `true` is none. */
const isAllowed: ReadonlyMap<string, (value: string | true) => boolean> = new Map([
  ["server_no_context_takeover", isBare],
  ["client_no_context_takeover", isBare],
  ["server_max_window_bits", isWindowBits],
  ["client_max_window_bits", (value) => isBare(value) || isWindowBits(value)],
]);

function isBare(value: string | true): boolean {
  return value === true;
}

function isWindowBits(value: string | true): boolean {
  return value !== true && windowBitsPattern.test(value);
}

/** Reads the parameters of permessage-deflate, each of which may come once (RFC 7692 §7). */
export function readDeflateSettings(
  parameters: readonly ExtensionParameter[],
): DeflateSettings | DeflateFault {
  const values = new Map<string, string | true>();
  for (const [name, value] of parameters) {
    const test = isAllowed.get(name);
    if (test === undefined) return { parameter: name, problem: "it is not defined" };
    if (values.has(name)) return { parameter: name, problem: "it is repeated" };
    if (!test(value)) {
      return { parameter: name, problem: value === true ? "it needs a value" : `it may not be ${value}` };
    }
    values.set(name, value);
  }
  const clientBits = values.get("client_max_window_bits");
  return {
    serverNoContextTakeover: values.has("server_no_context_takeover"),
    clientNoContextTakeover: values.has("client_no_context_takeover"),
    serverMaxWindowBits: toNumber(values.get("server_max_window_bits")),
    clientMaxWindowBits: clientBits === true ? true : toNumber(clientBits),
  };
}

function toNumber(value: string | true | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** The text of an offer or response with `settings`. */
export function formatDeflateSettings(settings: DeflateSettings): string {
  const { serverMaxWindowBits, clientMaxWindowBits } = settings;
  const parameters: ExtensionParameter[] = [];
  if (settings.serverNoContextTakeover) parameters.push(["server_no_context_takeover", true]);
  if (settings.clientNoContextTakeover) parameters.push(["client_no_context_takeover", true]);
  if (serverMaxWindowBits !== undefined) {
    parameters.push(["server_max_window_bits", String(serverMaxWindowBits)]);
  }
  if (clientMaxWindowBits !== undefined) {
    const value = clientMaxWindowBits === true ? true : String(clientMaxWindowBits);
    parameters.push(["client_max_window_bits", value]);
  }
  return formatExtensions([{ name: permessageDeflate, parameters }]);
}
