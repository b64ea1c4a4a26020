import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A folder outside of the repository, with the files given and the packages that code blocks import. */
export class BlockProject implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "ropeway-blocks-"));

  constructor(files: Readonly<Record<string, string>>) {
    this.#link("ropeway", repository);
    for (const name of ["@types/node", "@types/express", "@types/ws", "express", "ws"]) {
      this.#link(name, join(repository, "node_modules", name));
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #link(name: string, target: string): void {
    const path = join(this.folder, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  }
}
