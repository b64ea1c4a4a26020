import { expect } from "vitest";
import type { Status } from "./programs/program.ts";

const mebibyte = 1024 * 1024;
const retainedMiBMax = 32;

/**
 * Prints what a program's memory came to and holds it against the bound of 32 MiB: its highest value, or what is left at
 * the end where much may be on its way before.
 */
export function expectBounded({ memory }: Status, what: string, when: "ever" | "at the end" = "ever"): void {
  const { lowest, highest, now } = memory;
  const [low, high, end] = [lowest, highest, now].map(({ retained }) => (retained / mebibyte).toFixed(1));
  const worst = when === "ever" ? highest : now;
  const grown = (worst.retained - lowest.retained) / mebibyte;
  const rss = ((highest.rss - lowest.rss) / mebibyte).toFixed(1);
  process.stdout.write(
    `  +${grown.toFixed(1)} MiB: ${what} (retained ${low} to ${high}, at the end ${end}; RSS +${rss})\n`,
  );
  expect(grown).toBeLessThanOrEqual(retainedMiBMax);
}

/** Prints what each of so many sessions made a program retain, at the most, and holds it against their limit. */
export function expectBoundedEach(
  { memory }: Status,
  { what, sessions, bytesMax }: { what: string; sessions: number; bytesMax: number },
): void {
  const each = (memory.highest.retained - memory.lowest.retained) / sessions;
  const [grown, limit] = [each, bytesMax].map((bytes) => (bytes / mebibyte).toFixed(2));
  process.stdout.write(`  +${grown} MiB a session, of ${limit}: ${what}\n`);
  expect(each).toBeLessThanOrEqual(bytesMax);
}
