import { type PerMessageDeflateOptions, protocolLimits, type Role } from "../protocol/index.ts";
import { websocketLimits } from "./limits.ts";
import { checkLimits, readDeflateOption } from "./option-checks.ts";

/** What a server says of all its connections, and a client of its one. */
export interface ConnectionOptions {
  /** RFC 7692. Default: false. `true` is with no context takeover in either direction. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /** The largest message, in bytes after inflation: 1009. Default: 16 MiB. */
  maxPayload?: number;
  /** The most frames of a message: 1008. Default: 16,777,216. */
  maxFragments?: number;
  /** The most that may wait to be sent on a connection, in bytes. Default: 16 MiB. */
  bufferedBytesMax?: number;
  /** Received messages that may wait for a handler, an iterator or `resume`, in bytes. Default: 256 KiB. */
  readAheadBytesMax?: number;
  /** The head of a handshake, in bytes: 431 on a server. Default: 16 KiB. On an HTTP server its own limit holds. */
  headerBytesMax?: number;
  /** The headers of a handshake: 431 on a server. Default: 100. */
  headersMax?: number;
  /** Milliseconds from a Close frame to the end of the transport. Default: 10,000. */
  closeTimeout?: number;
}

const limits = {
  maxPayload: protocolLimits.maxPayload,
  maxFragments: protocolLimits.maxFragments,
  headerBytesMax: protocolLimits.headerBytesMax,
  headersMax: protocolLimits.headersMax,
  bufferedBytesMax: websocketLimits.bufferedBytesMax,
  readAheadBytesMax: websocketLimits.readAheadBytesMax,
  closeTimeout: websocketLimits.closeTimeout,
};

/** Checks the options and fills in the defaults. Throws TypeError or RangeError naming the option. */
export function readConnectionOptions(options: ConnectionOptions, role: Role) {
  return { deflate: readDeflateOption(options.perMessageDeflate, role), ...checkLimits(options, limits) };
}
