/**
 * Where the server writes what an operator should read. `console` fits; so does pino behind three arrows. Messages are
 * single lines without secrets and payloads.
 */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Says nothing: the default of a server inside somebody else's program. */
export const silentLogger: Logger = { info: ignore, warn: ignore, error: ignore };

function ignore(): void {}
