import { gzipSync } from "node:zlib";
import { bundle, type BundledModule } from "./bundle.ts";

/** What an application takes from `ropeway/client`, and how large that may be. */
interface SizeEntry {
  readonly name: string;
  /** The application's module. */
  readonly source: string;
  /** Minified, and compressed by gzip at its highest level. It goes down with what is saved, and up for a reason. */
  readonly bytesMax: number;
  /** What the design asks for. */
  readonly bytesWanted?: number;
}

const entries: readonly SizeEntry[] = [
  {
    name: "connect alone",
    source: 'export { connect } from "ropeway/client";',
    bytesMax: 20_500,
    bytesWanted: 8_000,
  },
  { name: "the whole client", source: 'export * from "ropeway/client";', bytesMax: 22_000 },
];
const MODULES_SHOWN = 12;

export interface MeasuredEntry extends Omit<SizeEntry, "source"> {
  readonly bytes: number;
  readonly modules: readonly BundledModule[];
}

/** Bundles each entry as an application's bundler would. */
export async function measureClient(): Promise<MeasuredEntry[]> {
  return await Promise.all(
    entries.map(async ({ source, ...entry }) => {
      const { code, modules } = await bundle(source, { file: "application.js" });
      return { ...entry, bytes: gzipSync(code, { level: 9 }).length, modules };
    }),
  );
}

/** The size, the limit, and what is left of it. */
export function describeSize({ name, bytes, bytesMax, bytesWanted }: MeasuredEntry): string {
  const size = `${name.padEnd(16)} ${count(bytes)} bytes of ${count(bytesMax)}, ${compare(bytes, bytesMax)}`;
  if (bytesWanted === undefined) return size;
  return `${size} (wanted: ${count(bytesWanted)}, ${compare(bytes, bytesWanted)})`;
}

function compare(bytes: number, limit: number): string {
  return bytes > limit ? `${count(bytes - limit)} too many` : `${count(limit - bytes)} left`;
}

/** Its largest modules, if an entry is too large; an empty text if it is not. */
export function describeExcess({ name, bytes, bytesMax, modules }: MeasuredEntry): string {
  if (bytes <= bytesMax) return "";
  const largest = modules
    .slice(0, MODULES_SHOWN)
    .map((one) => `  ${count(one.bytes).padStart(7)}  ${one.file}`);
  return [`The largest modules in ${name}, in bytes before they are minified:`, ...largest].join("\n");
}

/** Prints each entry's size. Returns what is wrong, in words; an empty text if nothing is. */
export async function checkClientSize(): Promise<string> {
  const measured = await measureClient();
  for (const entry of measured) console.log(`        ${describeSize(entry)}`);
  return measured
    .map(describeExcess)
    .filter((excess) => excess !== "")
    .join("\n");
}

function count(bytes: number): string {
  return bytes.toLocaleString("en-US");
}
