import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packTarball } from "../../tools/package-shape.ts";
import { runCommand, type CommandResult } from "../../tools/run-command.ts";

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly bin: Record<string, string>;
  readonly exports: Record<string, string | Record<string, string>>;
}

/** An empty project with the packed package in it, as a user has it after `npm install ropeway`. */
export class InstalledProject implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Packs what is in dist/ and installs it into a new folder outside of the repository. */
  static async create(): Promise<InstalledProject> {
    const project = new InstalledProject(mkdtempSync(join(tmpdir(), "ropeway-consumer-")));
    project.write("package.json", JSON.stringify({ name: "consumer", version: "1.0.0", type: "module" }));
    await project.install(await packTarball(project.folder));
    return project;
  }

  get manifest(): Manifest {
    return JSON.parse(
      readFileSync(join(this.folder, "node_modules/ropeway/package.json"), "utf8"),
    ) as Manifest;
  }

  /** The file behind the command `ropeway`. */
  get command(): string {
    return join(this.folder, "node_modules/ropeway", this.manifest.bin["ropeway"]!);
  }

  /** The files of the installed package, relative to it. */
  get files(): string[] {
    const root = join(this.folder, "node_modules/ropeway");
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).toSorted();
  }

  /** The packages that came along, without the commands' folder and npm's own note. */
  get packages(): string[] {
    const names = readdirSync(join(this.folder, "node_modules"));
    return names.filter((name) => !name.startsWith(".")).toSorted();
  }

  async install(...packages: readonly string[]): Promise<void> {
    const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages];
    const { code, output } = await this.run("npm", args);
    if (code !== 0) throw new Error(`npm install ${packages.join(" ")} failed:\n${output}`);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  copy(file: string): void {
    cpSync(join(import.meta.dirname, "consumer", file), join(this.folder, file));
  }

  /** Runs a program in the project, without the tools of this repository on its PATH. */
  run(command: string, args: readonly string[]): Promise<CommandResult> {
    const ownTools = join("node_modules", ".bin");
    const folders = (process.env["PATH"] ?? "").split(":").filter((folder) => !folder.endsWith(ownTools));
    return runCommand(command, args, {
      cwd: this.folder,
      output: "capture",
      env: { PATH: folders.join(":") },
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
