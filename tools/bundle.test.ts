import { expect, test } from "vitest";
import { bundle } from "./bundle.ts";

const everything = 'export * from "ropeway/client";';

test("the same sources give the same bytes, which name no folder of this machine", async () => {
  const options = { file: "dist/client/ropeway.js", keepsClassNames: true };
  const [one, other] = await Promise.all([bundle(everything, options), bundle(everything, options)]);
  expect([one.code, one.map]).toEqual([other.code, other.map]);
  expect(one.code + one.map).not.toContain(process.cwd());
});

test("it is a module by itself, whose classes keep their names where that is asked for", async () => {
  const { code } = await bundle(everything, { file: "ropeway.js", keepsClassNames: true });
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const { connect, ...classes } = (await import(/* @vite-ignore */ url)) as Record<string, { name: string }>;
  expect(connect).toBeTypeOf("function");
  expect(Object.values(classes).map(({ name }) => name)).toEqual(Object.keys(classes));
});

test("a bundle that cannot be made is an error", async () => {
  await expect(bundle('export { nothing } from "ropeway/client";', { file: "x.js" })).rejects.toThrow(
    "nothing",
  );
  await expect(bundle('import "node:net";', { file: "x.js" })).rejects.toThrow("node:net");
});
