import { resolve } from "node:path";
import { z } from "zod";
import type { EndpointHandler, EndpointOptions, ServeConfig } from "../../server/index.ts";
import { CommandError } from "../errors.ts";
import { nearestWord } from "../suggestion.ts";

/** What `ropeway serve` runs with: every setting has a value, every path is absolute. */
export interface ServeSettings {
  readonly host: string;
  readonly port: number;
  readonly static: PlacedPath | null;
  readonly tls: { readonly cert: PlacedPath; readonly key: PlacedPath } | null;
  readonly origins: "*" | readonly string[] | undefined;
  readonly graceMs: number;
  readonly quiet: boolean;
  readonly endpoints: Readonly<Record<string, EndpointHandler | EndpointOptions>>;
  /** The settings of sessions that were given; the server has the defaults. */
  readonly sessions: SessionParts;
}

/** What of a configuration is handed to the server as it is. */
export type SessionParts = Pick<
  ServeConfig,
  "onconnection" | "authenticate" | "userKey" | "sessions" | "handleProtocols"
>;

/** A path with the option that it was given by, for what is said if there is nothing there. */
export interface PlacedPath {
  readonly path: string;
  readonly option: string;
}

/** The flags as commander hands them over: texts. */
export interface ServeFlags {
  readonly host?: string;
  readonly port?: string;
  readonly static?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly origin?: readonly string[];
  readonly graceMs?: string;
  readonly quiet?: boolean;
  readonly config?: string;
}

/** A config file's value and where it came from. */
export interface LoadedConfig {
  readonly file: string;
  readonly folder: string;
  readonly value: unknown;
}

const pathSchema = z.string().min(1);
const handlerSchema = z.custom<EndpointHandler>((value) => typeof value === "function");
/** The engine checks its options itself and names them; here only their names are checked. */
const engineOption = z.unknown().optional();

const engineOptions = {
  origins: engineOption,
  handleProtocols: engineOption,
  verifyClient: engineOption,
  perMessageDeflate: engineOption,
  maxPayload: engineOption,
  maxFragments: engineOption,
  bufferedBytesMax: engineOption,
  headerBytesMax: engineOption,
  headersMax: engineOption,
  handshakeTimeout: engineOption,
  closeTimeout: engineOption,
  connectionsMax: engineOption,
  heartbeatIntervalMs: engineOption,
  readAheadBytesMax: engineOption,
  topicsMax: engineOption,
} satisfies Record<keyof Omit<EndpointOptions, "onconnection">, typeof engineOption>;

/** The server checks these itself and names them, as the engine does. */
const sessionParts = {
  onconnection: handlerSchema,
  authenticate: engineOption,
  userKey: engineOption,
  sessions: engineOption,
  handleProtocols: engineOption,
} satisfies Record<keyof SessionParts, z.ZodType>;

const endpointSchema = z.preprocess(
  (value) => (typeof value === "function" ? { onconnection: value } : value),
  z.strictObject({ onconnection: handlerSchema, ...engineOptions }),
);

const configSchema = z
  .strictObject({
    host: z.string().min(1),
    port: z.int().min(0).max(65535),
    static: pathSchema,
    tls: z.strictObject({ cert: pathSchema, key: pathSchema }),
    origins: z.union([z.literal("*"), z.array(z.string().refine(isOrigin))]),
    graceMs: z.int().min(0).max(3_600_000),
    quiet: z.boolean(),
    ...sessionParts,
    endpoints: z.record(z.string().regex(/^\/[^?#]*$/), endpointSchema),
  })
  .partial();

/** What is allowed for a setting, in words. */
const allowed: Readonly<Record<string, string>> = {
  host: "a host name or an IP address of this machine",
  port: "a whole number from 0 to 65535",
  static: "a folder",
  tls: "{ cert, key }, the paths of two PEM files",
  "tls.cert": "the path of a PEM file",
  "tls.key": "the path of a PEM file",
  origins: '"*" or origins such as "https://app.example": scheme, host and port, no path',
  graceMs: "a whole number of milliseconds from 0 to 3600000",
  quiet: "true or false",
  onconnection: "a function that takes connections",
  endpoints: "an object of handlers by paths that begin with /",
  "": "an object of settings",
};
const allowedEndpoint = "a function that takes connections, or { onconnection, … }";
const allowedPath = "paths that begin with / and have no ? or #";

/** The flags' names where they differ from the settings'. */
const flagOf: Readonly<Record<string, string>> = {
  "tls.cert": "--cert",
  "tls.key": "--key",
  origins: "--origin",
  graceMs: "--grace-ms",
};

/** Joins flags, config file and defaults, in this order of rank. Throws a `CommandError` that names what is wrong. */
export function resolveServeSettings(
  flags: ServeFlags,
  config: LoadedConfig | null,
  folder: string,
): ServeSettings {
  const fromFlags = checkFlags(flags);
  const fromFile = config === null ? {} : checkConfig(config);
  const placeOf = {
    ...place(fromFile, config?.folder ?? folder, nameInFile),
    ...place(fromFlags, folder, nameOfFlag),
  };
  return {
    host: fromFlags.host ?? fromFile.host ?? "127.0.0.1",
    port: fromFlags.port ?? fromFile.port ?? 8080,
    static: placeOf.static ?? null,
    tls: placeOf.tls ?? null,
    origins: fromFlags.origins ?? fromFile.origins,
    graceMs: fromFlags.graceMs ?? fromFile.graceMs ?? 5000,
    quiet: fromFlags.quiet ?? fromFile.quiet ?? false,
    endpoints: fromFile.endpoints ?? {},
    sessions: pickSessionParts(fromFile),
  };
}

function pickSessionParts(config: ServeConfig): SessionParts {
  const { onconnection, authenticate, userKey, sessions, handleProtocols } = config;
  return withoutAbsent({ onconnection, authenticate, userKey, sessions, handleProtocols });
}

function place(config: ServeConfig, folder: string, nameOf: (setting: string) => string) {
  const at = (value: string, setting: string): PlacedPath => ({
    path: resolve(folder, value),
    option: nameOf(setting),
  });
  const { static: files, tls } = config;
  return {
    ...(files === undefined ? {} : { static: at(files, "static") }),
    ...(tls === undefined ? {} : { tls: { cert: at(tls.cert, "tls.cert"), key: at(tls.key, "tls.key") } }),
  };
}

function checkFlags({
  host,
  port,
  static: files,
  cert,
  key,
  origin,
  graceMs,
  quiet,
}: ServeFlags): ServeConfig {
  if ((cert === undefined) !== (key === undefined)) {
    const [option, needed] = cert === undefined ? ["--key", "--cert"] : ["--cert", "--key"];
    throw new CommandError("CLI_OPTION_NEEDS", { option, needed });
  }
  const value = withoutAbsent({
    host,
    port: wholeNumber(port),
    static: files,
    tls: cert === undefined ? undefined : { cert, key },
    origins: origin?.includes("*") ? "*" : origin,
    graceMs: wholeNumber(graceMs),
    quiet,
  });
  const { data, issue } = check(value);
  if (issue === null) return data;
  throw new CommandError("CLI_OPTION_INVALID", {
    option: nameOfFlag(issue.setting),
    given: issue.given,
    allowed: issue.allowed,
  });
}

function checkConfig({ file, value }: LoadedConfig): ServeConfig {
  const { data, issue } = check(value);
  if (issue === null) return data;
  if (issue.unknownKey !== null) throw unknownKeyError(file, issue.path, issue.unknownKey);
  throw new CommandError("CLI_CONFIG_INVALID", {
    option: issue.setting === "" ? "The configuration" : nameInFile(issue.setting),
    file,
    given: issue.given,
    allowed: issue.allowed,
  });
}

interface SettingIssue {
  /** The setting's name, as in {@link allowed}, or an endpoint's path below `endpoints`. */
  readonly setting: string;
  readonly path: readonly string[];
  readonly given: string;
  readonly allowed: string;
  readonly unknownKey: string | null;
}

type Checked =
  | { readonly data: ServeConfig; readonly issue: null }
  | { readonly data: null; readonly issue: SettingIssue };

function check(value: unknown): Checked {
  const checked = configSchema.safeParse(value);
  // zod's type of an endpoint says less than the engine's.
  if (checked.success) return { data: checked.data as ServeConfig, issue: null };
  const [issue] = checked.error.issues;
  const path = issue?.path.map(String) ?? [];
  const unknownKey = issue?.code === "unrecognized_keys" ? (issue.keys[0] ?? null) : null;
  if (issue?.code === "invalid_key") {
    const given = describe(path.at(-1));
    return { data: null, issue: { setting: "endpoints", path, given, allowed: allowedPath, unknownKey } };
  }
  const setting = path[0] === "origins" ? "origins" : path.join(".");
  const words = allowed[setting] ?? (path[0] === "endpoints" ? allowedEndpoint : "something else");
  return {
    data: null,
    issue: { setting, path, given: describe(valueAt(value, path)), allowed: words, unknownKey },
  };
}

function unknownKeyError(file: string, parent: readonly string[], key: string): CommandError {
  const names = namesBelow(parent);
  const nearest = nearestWord(key, names);
  return new CommandError("CLI_CONFIG_KEY_UNKNOWN", {
    file,
    given: JSON.stringify([...parent, key].join(".")),
    suggestion: nearest === null ? "" : `, which is perhaps ${JSON.stringify(nearest)}`,
    allowed: names.join(", "),
  });
}

function namesBelow(parent: readonly string[]): string[] {
  if (parent.length === 0) return Object.keys(configSchema.shape);
  return parent[0] === "tls" ? ["cert", "key"] : ["onconnection", ...Object.keys(engineOptions)];
}

function nameInFile(setting: string): string {
  return JSON.stringify(setting);
}

function nameOfFlag(setting: string): string {
  return flagOf[setting] ?? `--${setting}`;
}

/** Digits as a number, and anything else as it is, for the schema to refuse. */
function wholeNumber(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** An origin as browsers send it (RFC 6454 §6.2); `null` is none that could be allowed. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

function withoutAbsent(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

/** A value in a few words, for a message of one line. */
function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint" || typeof value === "symbol") return value.toString();
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
