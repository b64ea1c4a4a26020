import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plant } from "./plants.ts";

/** Copies of the session layer and of its simulation, with faults in them. */
export class PlantedSources {
  #folder = "";
  #copies = 0;

  async prepare(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "ropeway-plants-"));
    await writeFile(join(this.#folder, "package.json"), '{"type":"module"}');
  }

  /** The URL of the simulation in a copy with these changes. */
  async plant(changes: Plant["changes"]): Promise<string> {
    const copy = join(this.#folder, `${this.#copies++}`);
    for (const layer of ["session", "testing"])
      await cp(join("src", layer), join(copy, layer), { recursive: true, filter: isSource });
    for (const change of changes) await replaceOnce(join(copy, "session", change.file), change);
    return pathToFileURL(join(copy, "testing", "index.ts")).href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

function isSource(path: string): boolean {
  return !path.endsWith(".test.ts");
}

async function replaceOnce(
  file: string,
  { text, with: replacement }: Plant["changes"][number],
): Promise<void> {
  const parts = (await readFile(file, "utf8")).split(text);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${text}`);
  await writeFile(file, parts.join(replacement));
}
