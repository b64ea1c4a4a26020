/**
 * Errors of the server layer.
 *
 * - `ServerError`: the server cannot start, for a reason outside the program. `code` names which; `cause` is Node's error.
 *
 * Misuse (a wrong option, `listen` twice) throws `TypeError` or `RangeError` instead.
 */

/** Why a server cannot start, by the code of Node's error. `{name}` in a message is filled from the facts. */
export const serverFailures = {
  SERVER_PORT_IN_USE: {
    errno: "EADDRINUSE",
    message: "Port {port} on {host} is in use: stop what listens there, or choose another port",
  },
  SERVER_PORT_FORBIDDEN: {
    errno: "EACCES",
    message: "This user may not listen on port {port} of {host}: choose a port from 1024 on",
  },
  SERVER_HOST_NOT_LOCAL: {
    errno: "EADDRNOTAVAIL",
    message: "{host} is not an address of this machine",
  },
  SERVER_HOST_UNKNOWN: {
    errno: "ENOTFOUND",
    message: "There is no host named {host}",
  },
  SERVER_CLOSED: {
    errno: "",
    message: "The server was closed before it listened on port {port}",
  },
  SERVER_LISTEN_FAILED: {
    errno: "",
    message: "Cannot listen on port {port} of {host}: {reason}",
  },
} as const satisfies Record<string, { readonly errno: string; readonly message: string }>;

/** Names why a server cannot start. */
export type ServerErrorCode = keyof typeof serverFailures;

/** The server cannot start; see the head of this file. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly code: ServerErrorCode;
  readonly host: string;
  readonly port: number;

  constructor(code: ServerErrorCode, address: { host: string; port: number }, options?: { cause?: unknown }) {
    const reason = options?.cause instanceof Error ? options.cause.message : "the reason is unknown";
    const message = serverFailures[code].message
      .replace("{port}", String(address.port))
      .replace("{host}", address.host)
      .replace("{reason}", reason);
    super(message, options);
    this.code = code;
    this.host = address.host;
    this.port = address.port;
  }
}

/** The typed error for what Node says when it cannot listen. */
export function listenError(
  cause: NodeJS.ErrnoException,
  address: { host: string; port: number },
): ServerError {
  for (const [code, { errno }] of Object.entries(serverFailures)) {
    if (errno !== "" && cause.code === errno)
      return new ServerError(code as ServerErrorCode, address, { cause });
  }
  return new ServerError("SERVER_LISTEN_FAILED", address, { cause });
}
