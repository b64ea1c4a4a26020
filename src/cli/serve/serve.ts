import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import {
  createServer,
  type EndpointConnection,
  type Logger,
  type Server,
  type ServerOptions,
} from "../../server/index.ts";
import { CommandError, reasonOf } from "../errors.ts";
import { type ConfigSurroundings, loadConfig } from "./config-file.ts";
import {
  type PlacedPath,
  resolveServeSettings,
  type SessionParts,
  type ServeFlags,
  type ServeSettings,
} from "./serve-settings.ts";
import { commandLimits } from "../limits.ts";
import { signalExitCodes, type StopSignals } from "../stop-signals.ts";

/** Where the command writes, and what else it takes from the process. */
export interface ServeSurroundings extends ConfigSurroundings {
  readonly createLog: (options: { quiet: boolean }) => Logger;
  readonly signals: StopSignals;
}

/**
 * `ropeway serve`: starts the server, says where it listens, and stops gracefully on the first signal. Resolves with
 * the exit code: 0 after a graceful stop, that of the signal if a second one cuts it short.
 */
export async function serve(flags: ServeFlags, surroundings: ServeSurroundings): Promise<number> {
  const { signals } = surroundings;
  const starting = start(flags, surroundings);
  // If a signal comes first, nobody waits for the start any more, and its failure is of no interest.
  starting.catch(() => {});
  const started = await Promise.race([starting, signals.first.then(() => null)]);
  if (started === null) return 0;
  const signal = await signals.first;
  const { server, settings, log } = started;
  log.info(
    `Closing on ${signal}: connections have ${settings.graceMs / 1000} s to end, or until the next signal`,
  );
  const closed = server.close({ graceMs: settings.graceMs }).then(() => 0);
  return await Promise.race([closed, signals.second.then((second) => signalExitCodes[second])]);
}

interface Started {
  readonly server: Server;
  readonly settings: ServeSettings;
  readonly log: Logger;
}

async function start(flags: ServeFlags, surroundings: ServeSurroundings): Promise<Started> {
  const config = await loadConfig(flags.config, surroundings);
  const settings = resolveServeSettings(flags, config, surroundings.folder);
  const log = surroundings.createLog({ quiet: settings.quiet });
  const { onconnection, ...sessions } = settings.sessions;
  const options: ServerOptions = {
    ...sessions,
    tls: readTls(settings),
    static: existingFolder(settings.static),
    origins: settings.origins,
    endpoints: { "/echo": echo, ...settings.endpoints },
    log,
  };
  const { server, url } = await listen({ options, onconnection }, settings, config?.file ?? "");
  log.info(`Ropeway is listening on ${url} (${describeRoutes(settings)})`);
  return { server, settings, log };
}

/** All options were checked before but those of endpoints and sessions, so a misuse found here is theirs. */
async function listen(
  { options, onconnection }: { options: ServerOptions; onconnection: SessionParts["onconnection"] },
  { port, host }: ServeSettings,
  file: string,
) {
  try {
    const server = createServer(options);
    server.onconnection = onconnection ?? null;
    const { url } = await server.listen(port, host);
    return { server, url };
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    throw new CommandError("CLI_CONFIG_ENDPOINT", { file, reason: reasonOf(cause) }, { cause });
  }
}

function echo({ socket }: EndpointConnection): void {
  socket.onmessage = ({ data }) => {
    socket.send(data);
    return socket.bufferedAmount > commandLimits.echoBacklogBytesMax.default ? socket.writable() : undefined;
  };
}

/** What is where, in a few words: `files of /srv/app at /, WebSocket at /echo, health at /healthz`. */
function describeRoutes({ static: files, endpoints, sessions }: ServeSettings): string {
  const paths = Object.keys({ "/echo": echo, ...endpoints });
  const routes = [`WebSocket at ${paths.join(" and ")}`, "health at /healthz"];
  if (sessions.onconnection !== undefined) routes.unshift("sessions at /ropeway");
  if (files !== null) routes.unshift(`files of ${files.path} at /`);
  return routes.join(", ");
}

function existingFolder(folder: PlacedPath | null): string | undefined {
  if (folder === null) return undefined;
  if (statSync(folder.path, { throwIfNoEntry: false })?.isDirectory()) return folder.path;
  throw new CommandError("CLI_OPTION_INVALID", {
    option: folder.option,
    given: JSON.stringify(folder.path),
    allowed: "a folder that exists",
  });
}

function readTls({ tls }: ServeSettings): { cert: string; key: string } | undefined {
  if (tls === null) return undefined;
  const pems = { cert: readPem(tls.cert), key: readPem(tls.key) };
  try {
    // Node takes an empty text for an absent one.
    if (pems.cert === "" || pems.key === "") throw new Error("a file is empty");
    createSecureContext(pems);
  } catch (cause) {
    const facts = { cert: tls.cert.option, key: tls.key.option, reason: reasonOf(cause) };
    throw new CommandError("CLI_TLS_INVALID", facts, { cause });
  }
  return pems;
}

function readPem({ path, option }: PlacedPath): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const facts = { option, given: JSON.stringify(path), reason: reasonOf(cause) };
    throw new CommandError("CLI_FILE_UNREADABLE", facts, { cause });
  }
}
