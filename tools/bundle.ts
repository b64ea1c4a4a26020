import { resolve } from "node:path";
import { type Plugin, rolldown } from "rolldown";

/** The result of bundling: one minified ES module with its source map. */
export interface Bundle {
  readonly code: string;
  readonly map: string;
  /** What is left of each source file before minification, the largest first. */
  readonly modules: readonly BundledModule[];
}

export interface BundledModule {
  /** From the root of the repository. */
  readonly file: string;
  readonly bytes: number;
}

export interface BundleOptions {
  /** Where the module will be, from the root of the repository; its source map says so. */
  readonly file: string;
  /** Keeps the names of classes, which a program can see. */
  readonly keepsClassNames?: boolean;
}

const entryFile = resolve("entry.ts");

/** Bundles a module given as text, which imports `ropeway/client`, for browsers of the last three years. */
export async function bundle(entry: string, options: BundleOptions): Promise<Bundle> {
  const build = await rolldown({
    input: entryFile,
    platform: "browser",
    resolve: { alias: { "ropeway/client": resolve("src/client/index.ts") } },
    // The project file of a test or a tool has no say in what a browser gets.
    tsconfig: false,
    transform: { target: "es2022" },
    onLog: (_level, { message }) => {
      throw new Error(message);
    },
    plugins: [givenEntry(entry)],
  });
  const keepNames = { class: options.keepsClassNames === true, function: false };
  const { output } = await build.generate({
    format: "esm",
    file: options.file,
    sourcemap: "hidden",
    minify: { compress: { keepNames }, mangle: { keepNames }, codegen: true },
  });
  await build.close();
  const [{ code, map, modules }] = output;
  const sizes = Object.entries(modules).map(([id, { renderedLength }]) => ({
    file: id.slice(resolve(".").length + 1),
    bytes: renderedLength,
  }));
  return {
    code,
    map: map!.toString(),
    modules: sizes.filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.bytes - a.bytes),
  };
}

/** In the place of a file. */
function givenEntry(text: string): Plugin {
  return {
    name: "entry",
    resolveId: (id) => (id === entryFile ? id : null),
    load: (id) => (id === entryFile ? text : null),
  };
}
