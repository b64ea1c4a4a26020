import { compressorWindowBitsMin, type PerMessageDeflateOptions, windowBitsMax } from "./deflate-options.ts";
import {
  type DeflateFault,
  type DeflateSettings,
  formatDeflateSettings,
  permessageDeflate,
  readDeflateSettings,
} from "./deflate-settings.ts";
import { HandshakeError } from "./errors.ts";
import type { Extension } from "./extensions.ts";

/** What was agreed (RFC 7692 §7.1). Window bits bind the end that deflates; an inflater may always take 15. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** On a server from 9 to 15, on a client from 8. */
  readonly serverMaxWindowBits: number;
  /**
   * From 8 to 15. A client whose compressor does not keep to 8 sends its messages as they are, which is always
   * allowed (§6.1).
   */
  readonly clientMaxWindowBits: number;
}

/** An offer that a server takes: the text that accepts it, and what both ends then keep to. */
export interface AcceptedDeflate {
  readonly response: string;
  readonly parameters: DeflateParameters;
}

/**
 * A server's answer to the extensions that a client offers: the first offer of permessage-deflate that it can take, as
 * clients list first what they prefer (RFC 7692 §5). An offer with a fault is passed over (§7) and never an error.
 */
export function acceptDeflateOffer(
  offers: readonly Extension[],
  options: PerMessageDeflateOptions,
): AcceptedDeflate | undefined {
  for (const offer of offers) {
    const accepted = offer.name === permessageDeflate ? acceptOffer(offer, options) : undefined;
    if (accepted !== undefined) return accepted;
  }
  return undefined;
}

function acceptOffer(offer: Extension, options: PerMessageDeflateOptions): AcceptedDeflate | undefined {
  const offered = readDeflateSettings(offer.parameters);
  if (isFault(offered)) return undefined;
  const serverBits = leastBits(offered.serverMaxWindowBits, options.serverMaxWindowBits);
  // A promise that the compressor would break is not given (§7.1.2.1). A further offer may do without it.
  if (serverBits < compressorWindowBitsMin) return undefined;
  // Only a client that says so understands a limit to its own window (§7.1.2.2).
  if (limitOf(options.clientMaxWindowBits) !== undefined && offered.clientMaxWindowBits === undefined) {
    return undefined;
  }
  const parameters: DeflateParameters = {
    serverNoContextTakeover: offered.serverNoContextTakeover || (options.serverNoContextTakeover ?? true),
    clientNoContextTakeover: offered.clientNoContextTakeover || (options.clientNoContextTakeover ?? true),
    serverMaxWindowBits: serverBits,
    clientMaxWindowBits: leastBits(offered.clientMaxWindowBits, options.clientMaxWindowBits),
  };
  const response = formatDeflateSettings({
    ...parameters,
    // To repeat server_max_window_bits is to accept it, even where it limits nothing (§7.1.2.1).
    serverMaxWindowBits: offered.serverMaxWindowBits === undefined ? limitOf(serverBits) : serverBits,
    clientMaxWindowBits: limitOf(parameters.clientMaxWindowBits),
  });
  return { response, parameters };
}

/**
 * A client's offer (RFC 7692 §7.1). By default it asks for no context takeover in both directions, and the server may
 * limit the client's window.
 */
export function deflateOffer(options: PerMessageDeflateOptions): string {
  const { serverNoContextTakeover = true, clientNoContextTakeover = true, clientMaxWindowBits } = options;
  return formatDeflateSettings({
    serverNoContextTakeover,
    clientNoContextTakeover,
    serverMaxWindowBits: limitOf(options.serverMaxWindowBits),
    clientMaxWindowBits: clientMaxWindowBits === undefined ? true : limitOf(clientMaxWindowBits),
  });
}

/**
 * What a server agreed to when it `accepted` the offer `deflateOffer(options)`. Throws a `HandshakeError` for a response
 * with a fault (RFC 7692 §7) and for one without what `options` ask for by name. A server that passes over the
 * default wish for no context takeover is put up with.
 */
export function readDeflateResponse(
  accepted: Extension,
  options: PerMessageDeflateOptions,
): DeflateParameters {
  const settings = readDeflateSettings(accepted.parameters);
  const fault = isFault(settings) ? settings : findBreach(settings, options);
  if (isFault(settings) || fault !== undefined) {
    throw new HandshakeError("WS_HANDSHAKE_DEFLATE", { ...fault });
  }
  return {
    serverNoContextTakeover: settings.serverNoContextTakeover,
    // A client that announced it keeps to it, whether or not it was agreed (§7.1.1.2).
    clientNoContextTakeover: settings.clientNoContextTakeover || (options.clientNoContextTakeover ?? true),
    serverMaxWindowBits: leastBits(settings.serverMaxWindowBits, undefined),
    clientMaxWindowBits: leastBits(settings.clientMaxWindowBits, options.clientMaxWindowBits),
  };
}

/** How a response that is well-formed goes beyond the offer. */
function findBreach(settings: DeflateSettings, options: PerMessageDeflateOptions): DeflateFault | undefined {
  const { serverMaxWindowBits: serverBits, clientMaxWindowBits: clientBits } = settings;
  const serverLimit = options.serverMaxWindowBits ?? windowBitsMax;
  if (options.serverNoContextTakeover === true && !settings.serverNoContextTakeover) {
    return { parameter: "server_no_context_takeover", problem: "it was asked for and is missing" };
  }
  if ((serverBits ?? windowBitsMax) > serverLimit) {
    return { parameter: "server_max_window_bits", problem: `at most ${serverLimit} was asked for` };
  }
  if (clientBits === undefined) return undefined;
  if (clientBits === true) return { parameter: "client_max_window_bits", problem: "it needs a value" };
  if (options.clientMaxWindowBits === windowBitsMax) {
    return { parameter: "client_max_window_bits", problem: "it was not offered" };
  }
  // A number in the offer is a hint: the server may agree to more, and we keep to the less (§7.2.1).
  return undefined;
}

function isFault(settings: DeflateSettings | DeflateFault): settings is DeflateFault {
  return "problem" in settings;
}

/** The lesser of what was asked for and what the options allow. */
function leastBits(asked: number | true | undefined, allowed: number | undefined): number {
  return Math.min(typeof asked === "number" ? asked : windowBitsMax, allowed ?? windowBitsMax);
}

/** `bits` if they are a limit; DEFLATE itself has no window of more than 15 (RFC 1951 §2). */
function limitOf(bits: number | undefined): number | undefined {
  return bits === windowBitsMax ? undefined : bits;
}
