/**
 * The documents that say what the code knows better: the limits, the errors, the layers. `npm run docs` writes them
 * and `npm run check` compares them. A table appears by itself when a layer exports one: `…Limits` from its limits.ts,
 * `…Rules` or `…Failures` from its errors.ts, which need a section below. PROTOCOL.md has the close codes of sessions
 * once more, as those who write another end need them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { drawLayers } from "./layers.ts";

export interface LimitRow {
  readonly default: number;
  readonly unit: string;
  readonly where: string;
  readonly description: string;
  readonly past: string;
}

/** A row of a table of errors: a message alone, or with what its class tells besides. */
export type ErrorRow = string | ErrorFields;

interface ErrorFields {
  readonly message: string;
  readonly clause?: string;
  readonly closeCode?: number;
  readonly status?: number;
  readonly errno?: string;
  readonly exitCode?: number;
}

type Table<Row> = Readonly<Record<string, Row>>;

const GENERATED = "<!-- Generated from the code by `npm run docs`; do not edit. -->";

/** LIMITS.md from the layers' tables of limits. */
export function renderLimits(tables: readonly Table<LimitRow>[]): string {
  const rows = tables.flatMap((table) => Object.entries(table));
  const names = rows.map(([name]) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`The limit ${repeated} stands in two tables`);
  const lines = rows.map(([name, row]) =>
    formatRow([`\`${name}\``, formatAmount(row.default, row.unit), row.description, row.past, row.where]),
  );
  return [
    GENERATED,
    "",
    "# Limits",
    "",
    "Every queue, buffer, wait and count has a limit, which holds from the first line of code on. A limit is an option",
    "of the same name where the last column says so.",
    "",
    formatRow(["limit", "default", "what it bounds", "past it", "set by"]),
    formatRow(["---", "---", "---", "---", "---"]),
    ...lines,
    "",
  ].join("\n");
}

interface ErrorSection {
  /** The name under which a layer exports the table. */
  readonly table: string;
  readonly title: string;
  readonly about: readonly string[];
  readonly columns: Readonly<Record<string, (row: ErrorFields) => string | number | undefined>>;
}

const errorSections: readonly ErrorSection[] = [
  {
    table: "protocolRules",
    title: "On an open connection: `ProtocolError`",
    about: ["The peer broke a rule; the connection is closed with the close code."],
    columns: {
      "close code": ({ closeCode }) => closeCode,
      message: ({ message }) => message,
      clause: ({ clause }) => clause,
    },
  },
  {
    table: "handshakeRules",
    title: "In the opening handshake: `HandshakeError`",
    about: [
      "A server answers with the status. Status 101 marks a rule that a client holds the server's response to.",
    ],
    columns: {
      status: ({ status }) => status,
      message: ({ message }) => message,
      clause: ({ clause }) => clause,
    },
  },
  {
    table: "connectionRules",
    title: "A connection that failed for another reason: `ConnectionError`",
    about: ["A timeout, a limit of this side, or the network; the peer broke no rule."],
    columns: { message: ({ message }) => message },
  },
  {
    table: "sessionRules",
    title: "A session, or a link of it, that ended: `SessionError`",
    about: [
      "`closeCode` tells a client what to do: connect again below 3500, stop from 3500 on. Ours does by itself.",
    ],
    columns: { "close code": ({ closeCode }) => closeCode, message: ({ message }) => message },
  },
  {
    table: "serverFailures",
    title: "A server that cannot start: `ServerError`",
    about: ["`cause` is Node's error."],
    columns: { "Node's error": ({ errno }) => errno, message: ({ message }) => message },
  },
  {
    table: "commandFailures",
    title: "A command that ends early",
    about: ["`ropeway` prints the message on standard error and ends with the exit code."],
    columns: { "exit code": ({ exitCode }) => exitCode, message: ({ message }) => message },
  },
];

/** docs/errors.md from the layers' tables, by the names of their exports. */
export function renderErrors(tables: Readonly<Record<string, Table<ErrorRow>>>): string {
  const homeless = Object.keys(tables).find((name) => !errorSections.some(({ table }) => table === name));
  if (homeless !== undefined) throw new Error(`No section of docs/errors.md takes the table ${homeless}`);
  const sections = errorSections.flatMap((section) => {
    const table = tables[section.table];
    return table === undefined ? [] : renderSection(section, table);
  });
  return [
    GENERATED,
    "",
    "# Errors",
    "",
    "The `code` of an error names the rule that was broken, or what failed. `{…}` in a message stands for a fact of the case.",
    "",
    ...sections,
  ].join("\n");
}

function renderSection({ title, about, columns }: ErrorSection, table: Table<ErrorRow>): string[] {
  const head = ["code", ...Object.keys(columns)];
  const rows = Object.entries(table).map(([code, row]) => {
    const fields = typeof row === "string" ? { message: row } : row;
    return formatRow([`\`${code}\``, ...Object.values(columns).map((read) => String(read(fields) ?? ""))]);
  });
  return [`## ${title}`, "", ...about, "", formatRow(head), formatRow(head.map(() => "---")), ...rows, ""];
}

function formatRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

/** A number as people read it: bytes in KiB or MiB, milliseconds in seconds, where they come out even. */
export function formatAmount(amount: number, unit: string): string {
  const larger: readonly [string, string, number][] = [
    ["bytes", "MiB", 1024 * 1024],
    ["bytes", "KiB", 1024],
    ["ms", "s", 1000],
  ];
  if (amount === 0) return "off";
  if (amount === Number.POSITIVE_INFINITY) return "none";
  const even = larger.find(([from, , size]) => from === unit && amount >= size && amount % size === 0);
  if (even !== undefined) return `${(amount / even[2]).toLocaleString("en")} ${even[1]}`;
  return `${amount.toLocaleString("en")} ${unit}`;
}

/** PROTOCOL.md's table: the codes in order, each with everything that ends a link so. */
export function renderCloseCodes(rules: Table<ErrorRow>): string {
  const byCode = Map.groupBy(Object.values(rules) as ErrorFields[], ({ closeCode }) => closeCode ?? 0);
  const rows = [...byCode].toSorted(([one], [other]) => one - other);
  const lines = rows.map(([code, fields]) => {
    const reasons = fields.map(({ message }) => `"${message}"`).join(", ");
    return formatRow([String(code), reasons, besides(code), code < 3500 ? "connects again" : "stops"]);
  });
  const head = ["code", "reason", "besides", "the client"];
  return [formatRow(head), formatRow(head.map(() => "---")), ...lines].join("\n");
}

/** The members of `end` that stand in it with some codes only. */
function besides(closeCode: number): string {
  if (closeCode === 3500) return "`linkEpoch`";
  return closeCode < 3500 ? "`retryAfterMs`, perhaps" : "";
}

/** The document with the block between the markers of this name; null if it has none. */
export function placeBlock(document: string, name: string, block: string): string | null {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) return null;
  return `${document.slice(0, from)}${begin}\n\n${block}\n\n${document.slice(to)}`;
}

/** Imports `src/LAYER/NAME` of every layer that has one and collects the exports whose name ends so. */
async function collectTables<Row>(fileName: string, ending: RegExp): Promise<Record<string, Table<Row>>> {
  const files = readdirSync("src").map((layer) => join("src", layer, fileName));
  const modules = files
    .filter((file) => existsSync(file))
    .map((file) => import(pathToFileURL(resolve(file)).href));
  const exported = (await Promise.all(modules)).flatMap((module: Record<string, unknown>) =>
    Object.entries(module),
  );
  return Object.fromEntries(exported.filter(([name]) => ending.test(name))) as Record<string, Table<Row>>;
}

/** Each generated document with what it must say; null where that cannot be, as the markers are missing. */
async function renderAll(): Promise<Record<string, string | null>> {
  const errors = await collectTables<ErrorRow>("errors.ts", /(Rules|Failures)$/);
  const diagram = `\`\`\`text\n${drawLayers()}\n\`\`\``;
  const codes = renderCloseCodes(errors["sessionRules"] ?? {});
  return {
    "LIMITS.md": renderLimits(Object.values(await collectTables<LimitRow>("limits.ts", /Limits$/))),
    "docs/errors.md": renderErrors(errors),
    "ARCHITECTURE.md": placeBlock(readDocument("ARCHITECTURE.md"), "layers", diagram),
    "PROTOCOL.md": placeBlock(readDocument("PROTOCOL.md"), "close-codes", codes),
  };
}

function readDocument(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** `npm run docs` writes; with `--check` nothing is written, and a stale document is a failure. */
export async function main(args: readonly string[]): Promise<number> {
  let failures = 0;
  for (const [file, wanted] of Object.entries(await renderAll())) {
    if (wanted === readDocument(file)) continue;
    if (wanted === null) {
      failures += 1;
      console.error(`${file}: the lines that generated text stands between are missing`);
    } else if (args.includes("--check")) {
      failures += 1;
      console.error(`${file} is not what the code says: run \`npm run docs\``);
    } else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, wanted);
      console.log(`Wrote ${file}`);
    }
  }
  return failures === 0 ? 0 : 1;
}
