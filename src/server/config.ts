import type { Authenticate, UserKey } from "./authentication.ts";
import type { ConnectionEvent } from "./connection-event.ts";
import type { EndpointHandler, EndpointOptions } from "./endpoint.ts";
import type { ServerOptions } from "./server.ts";
import type { SessionSettingsOptions } from "./session-settings.ts";

/**
 * What a config file of `ropeway serve` holds (`ropeway.config.ts`, `.js` or `.json`). The command's flags win over it.
 * Relative paths start at the file's folder. A JSON file cannot have handlers, which are functions.
 */
export interface ServeConfig<User = unknown> {
  /** The address to listen on; 127.0.0.1 if absent, so that only this machine reaches the server. */
  readonly host?: string;
  /** From 0 to 65535; 8080 if absent, 0 for any that is free. */
  readonly port?: number;
  /** A folder whose files are served at `/`. */
  readonly static?: string;
  /** PEM files; with them the server speaks HTTPS and `wss:`. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Browser origins that may connect, or `"*"` for all; the server's own if absent, and it must be listed if not. */
  readonly origins?: "*" | readonly string[];
  /** How long open connections get to end by themselves on SIGTERM, in milliseconds; 5000 if absent. */
  readonly graceMs?: number;
  /** Prints warnings and errors only. */
  readonly quiet?: boolean;
  /** Takes sessions and plain WebSockets at `/ropeway`, as `onconnection` of `createServer` does. */
  readonly onconnection?: (event: ConnectionEvent<User>) => unknown;
  /** Decides who somebody at `/ropeway` is; everybody may connect if absent. */
  readonly authenticate?: Authenticate<User>;
  readonly userKey?: UserKey<User>;
  /** What sessions may cost. */
  readonly sessions?: SessionSettingsOptions;
  /** The application's subprotocols at `/ropeway`. */
  readonly handleProtocols?: ServerOptions["handleProtocols"];
  /** WebSocket endpoints by path, beside `/echo`, which may be replaced here. */
  readonly endpoints?: Readonly<Record<`/${string}`, EndpointHandler | EndpointOptions>>;
}

/** Returns its argument: gives a config file its types, as in `export default defineConfig({ port: 9000 })`. */
export function defineConfig<User = unknown>(config: ServeConfig<User>): ServeConfig<User> {
  return config;
}
