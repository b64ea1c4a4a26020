/**
 * The layers of the code, once: which folder is which, and what each may use. The checks below hold every import and
 * every TypeScript project against this list, and ARCHITECTURE.md shows it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync, Visitor } from "oxc-parser";

export interface Layer {
  readonly folder: string;
  /** An import goes to a lower level, never sideways or up. */
  readonly level: number;
  readonly about: string;
  /** Pure layers know no Node, no DOM, no timer: neither in imports nor in the names that their project knows. */
  readonly pure?: true;
  /** The third-party packages that it may import. */
  readonly packages: readonly string[];
}

export const layers: readonly Layer[] = [
  {
    folder: "src/protocol",
    level: 0,
    about: "RFC 6455 and RFC 7692 as pure state machines",
    pure: true,
    packages: [],
  },
  {
    folder: "src/session",
    level: 0,
    about: "the session protocol as a pure state machine",
    pure: true,
    packages: [],
  },
  {
    folder: "src/interface",
    level: 1,
    about: "what the standard says of a WebSocket object: events, listeners, Web IDL",
    pure: true,
    packages: [],
  },
  {
    folder: "src/testing",
    level: 1,
    about: "a simulated network with a virtual clock, and the checker of delivery",
    pure: true,
    packages: [],
  },
  { folder: "src/websocket", level: 2, about: "Node I/O: WebSocketServer and WebSocket", packages: [] },
  {
    folder: "src/client",
    level: 2,
    about: "isomorphic client: connect, reconnect, the drop-in WebSocket",
    packages: [],
  },
  {
    folder: "src/server",
    level: 3,
    about: "the application server: sessions, HTTP(S), static files, health, graceful stop",
    packages: ["send"],
  },
  {
    folder: "src/cli",
    level: 4,
    about: "the command `ropeway`: serve, connect, bench",
    packages: ["commander", "zod"],
  },
  { folder: "apps/parlor", level: 4, about: "the web app; not published", packages: ["react", "react-dom"] },
];

/** What a test beside its source may import on top of what the source may. */
const TEST_PACKAGES = ["vitest", "fast-check"];
const PACKAGE_NAME = "ropeway";

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every violation in a layer's source files, as lines that name the file and the rule. */
export function checkImports(files: readonly SourceFile[], list: readonly Layer[] = layers): string[] {
  return files.flatMap((file) => {
    const layer = layerOf(file.path, list);
    if (layer === undefined)
      return [`${file.path}: its folder is not in the list of layers (tools/layers.ts)`];
    const { specifiers, reexportsAll } = findImports(file);
    const problems = specifiers.map((specifier) => checkImport({ file: file.path, layer, specifier, list }));
    if (reexportsAll) problems.push(`${file.path}: a module names what it exports, there is no "export *"`);
    return problems.filter((problem) => problem !== null);
  });
}

interface ImportToCheck {
  readonly file: string;
  readonly layer: Layer;
  readonly specifier: string;
  readonly list: readonly Layer[];
}

function checkImport({ file, layer, specifier, list }: ImportToCheck): string | null {
  const say = (rule: string): string => `${file}: imports "${specifier}", but ${rule}`;
  if (specifier.startsWith("node:")) {
    if (layer.pure !== true || file.endsWith(".node.test.ts")) return null;
    return say(`${layer.folder} is pure and uses no Node module`);
  }
  const target = specifier.startsWith(".")
    ? normalize(join(dirname(file), specifier)).replaceAll("\\", "/")
    : resolveSubpath(specifier);
  if (target === null) return mayUsePackage(file, layer, specifier) ? null : say(allowedPackages(layer));
  const other = layerOf(target, list);
  if (other === layer) return null;
  if (other === undefined)
    return mayUseOutside(file, layer, target) ? null : say("that is outside of every layer");
  if (other.level >= layer.level)
    return say(`${layer.folder} (L${layer.level}) may not use ${other.folder} (L${other.level})`);
  if (target !== `${other.folder}/index.ts`)
    return say(`another layer is reached only through ${other.folder}/index.ts`);
  return null;
}

/** Tests use tools and fixtures; those of a pure layer only fixtures that are pure and so run in a browser, too. */
function mayUseOutside(file: string, layer: Layer, target: string): boolean {
  return isTest(file) && (layer.pure !== true || target.startsWith("test/pure/"));
}

/** The file behind one of the package's own subpaths (`ropeway/websocket`), or null for any other name. */
function resolveSubpath(specifier: string): string | null {
  if (!specifier.startsWith(`${PACKAGE_NAME}/`)) return null;
  return `src/${specifier.slice(PACKAGE_NAME.length + 1)}/index.ts`;
}

function mayUsePackage(file: string, layer: Layer, specifier: string): boolean {
  // The configuration of the app's bundler runs at build time and is no part of a layer.
  if (/\.config\.[jt]s$/.test(file)) return true;
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (layer.packages.includes(name)) return true;
  return isTest(file) && (layer.pure !== true || TEST_PACKAGES.includes(name));
}

function allowedPackages({ folder, packages }: Layer): string {
  return `${folder} may import ${packages.length === 0 ? "no third-party package" : `only ${packages.join(", ")}`}`;
}

function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file);
}

function layerOf(path: string, list: readonly Layer[]): Layer | undefined {
  return list.find(({ folder }) => path.startsWith(`${folder}/`));
}

/** What a file imports or re-exports (values, types, `import()` of a literal, in order), and if it has an `export *`. */
export function findImports(file: SourceFile): { specifiers: string[]; reexportsAll: boolean } {
  const { program, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]!.message}`);
  const specifiers: string[] = [];
  let reexportsAll = false;
  const add = (source: { type: string; value?: unknown } | null): void => {
    if (source !== null && typeof source.value === "string") specifiers.push(source.value);
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => {
      add(node.source);
      if (node.exported === null) reexportsAll = true;
    },
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    TSExternalModuleReference: (node) => add(node.expression),
  }).visit(program);
  return { specifiers, reexportsAll };
}

/** What is used of a layer's tsconfig.json. */
export interface TypeScriptProject {
  readonly compilerOptions?: { readonly lib?: readonly string[]; readonly types?: readonly string[] };
  readonly references?: readonly { readonly path: string }[];
}

/** A tsconfig.json below a layer's folder, by its path from the root of the repository. */
export interface ProjectFile {
  readonly path: string;
  readonly project: TypeScriptProject;
}

/** Every violation of a layer's TypeScript project: what it references and, if it is pure, what it lets in. */
export function checkProject({ path, project }: ProjectFile, list: readonly Layer[] = layers): string[] {
  const layer = layerOf(path, list);
  if (layer === undefined) return [`${path}: its folder is not in the list of layers (tools/layers.ts)`];
  const problems: string[] = [];
  for (const reference of project.references ?? []) {
    const target = normalize(join(dirname(path), reference.path)).replaceAll("\\", "/");
    const other = list.find(({ folder }) => folder === target);
    if (other === undefined) problems.push(`references ${target}, which is no layer`);
    else if (other.level >= layer.level) {
      problems.push(`references ${target} (L${other.level}) from L${layer.level}`);
    }
  }
  const { lib = [], types = [] } = project.compilerOptions ?? {};
  const letIn = [...lib.filter((name) => !name.startsWith("ES")), ...types];
  if (layer.pure && letIn.length > 0) {
    problems.push(`a pure layer knows ECMAScript alone, not ${letIn.join(", ")}`);
  }
  return problems.map((problem) => `${path}: ${problem}`);
}

/** The layers as text, the highest first. */
export function drawLayers(list: readonly Layer[] = layers): string {
  const width = Math.max(...list.map(({ folder }) => folder.length));
  const levels = [...new Set(list.map(({ level }) => level))].toSorted((a, b) => b - a);
  const rows = levels.flatMap((level) =>
    list
      .filter((layer) => layer.level === level)
      .map(
        ({ folder, about }, index) =>
          `${index === 0 ? `L${level}` : "  "}  ${folder.padEnd(width)}  ${about}`,
      ),
  );
  return rows.join("\n");
}

/** All checks on the repository at `root`. */
export function checkRepository(root: string): string[] {
  const problems: string[] = [];
  for (const name of readdirSync(join(root, "src"))) {
    if (!layers.some(({ folder }) => folder === `src/${name}`))
      problems.push(`src/${name}: not in the list of layers`);
  }
  for (const layer of layers) {
    if (!existsSync(join(root, layer.folder))) {
      problems.push(`${layer.folder}: in the list of layers, but not there`);
      continue;
    }
    problems.push(...checkImports(readFiles(root, layer.folder, /\.tsx?$/)));
    const projects = readFiles(root, layer.folder, /\/tsconfig\.json$/);
    if (projects.length === 0) problems.push(`${layer.folder}: has no tsconfig.json`);
    for (const { path, text } of projects) {
      problems.push(...checkProject({ path, project: JSON.parse(text) as TypeScriptProject }));
    }
  }
  return problems;
}

function readFiles(root: string, folder: string, pattern: RegExp): SourceFile[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const paths = names.map((name) => `${folder}/${name.replaceAll("\\", "/")}`).toSorted();
  const own = paths.filter((path) => pattern.test(path) && !/\/(dist|node_modules)\//.test(path));
  return own.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** `npm run layers`: the diagram, and every violation. */
export async function main(): Promise<number> {
  const problems = checkRepository(fileURLToPath(new URL("..", import.meta.url)));
  console.log(drawLayers());
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? 0 : 1;
}
