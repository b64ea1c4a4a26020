import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { describe, expect, test } from "vitest";
import { chromium, chromiumOptions } from "../interop/chromium.ts";
import { BlockProject } from "./block-project.ts";
import { readCodeBlocks } from "./code-blocks.ts";
import { ExampleProcess } from "./example-process.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  name: string;
  exports: Record<string, unknown>;
  scripts: Record<string, string>;
};
const command = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const blocks = readCodeBlocks(readme);

/** A block by the file that it is, or by its section and language. */
function block(name: string): string {
  const found = blocks.find(({ file, section, language }) => (file ?? `${section}: ${language}`) === name);
  if (found === undefined) throw new Error(`The README has no block ${name}`);
  return found.text;
}

describe("the README", () => {
  test("has no block that is not tried here", () => {
    expect(blocks.map(({ file, section, language }) => file ?? `${section}: ${language}`)).toEqual([
      "Install: sh",
      "server.mjs",
      "client.mjs",
      "A server and a client: text",
      "app.mjs",
      "index.html",
      "page.js",
      "On the command line: sh",
      "Work on it: sh",
    ]);
  });

  test("installs this package, and imports what it exports", () => {
    expect(block("Install: sh")).toBe(`npm install ${manifest.name}\n`);
    const imported = [...readme.matchAll(/from "ropeway(\/\w+)"/g)].map(([, path]) => `.${path}`);
    expect(Object.keys(manifest.exports)).toEqual(expect.arrayContaining(imported));
  });

  test("names scripts that exist", () => {
    expect(block("Work on it: sh")).toBe("npm ci && npm start\nnpm ci && npm test\n");
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(["start", "test"]));
  });

  test("links to files that exist", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
  });

  test("shows a server and a client that print what it says", async () => {
    const port = await freePort();
    using project = new BlockProject(filesOn(port));
    await using server = runIn(project, "server.mjs");
    await server.waitFor(/Listening on/);
    await using client = runIn(project, "client.mjs");
    expect(await client.ended).toBe(0);
    expect(client.output).toBe(block("A server and a client: text"));
  });

  test.skipIf(chromium.missing)("shows a page on which one reads what another writes", async () => {
    const port = await freePort();
    using project = new BlockProject(filesOn(port));
    await using server = runIn(project, "app.mjs");
    await server.waitFor(/Listening on/);
    const browser = await puppeteer.launch(chromiumOptions);
    try {
      const [ada, bob] = [await browser.newPage(), await browser.newPage()];
      for (const page of [bob, ada])
        await page.goto(`http://localhost:${port}`, { waitUntil: "networkidle0" });
      await ada.type("input", "Can you read this?\n");
      const line = await bob.waitForSelector("li");
      expect(await line!.evaluate(({ textContent }) => textContent)).toBe("Can you read this?");
    } finally {
      await browser.close();
    }
  });

  test("shows commands that serve, talk to it, and load it", async () => {
    const port = await freePort();
    using project = new BlockProject(filesOn(port));
    const [serve, connect, load] = onPort(block("On the command line: sh"), port).trim().split("\n");
    await using server = runCommandLine(project, serve!);
    await server.waitFor(new RegExp(`listening on http://127.0.0.1:${port}`));
    await using client = runCommandLine(project, connect!);
    client.child.stdin.end("hello\n");
    expect(await client.ended).toBe(0);
    expect(client.output).toMatch(/^hello$/m);
    await using generator = runCommandLine(project, `${load} --duration 0.3 --warm-up 0`);
    expect(await generator.ended).toBe(0);
    expect(generator.output).toMatch(/^Messages .* every echo compared$/m);
    expect(await (await fetch(`http://127.0.0.1:${port}/index.html`)).text()).toBe(block("index.html"));
  });
});

/** A port that nobody has just now, in place of the README's. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function onPort(text: string, port: number): string {
  return text.replaceAll("8080", String(port));
}

/** The blocks that are files. */
function filesOn(port: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { file, text } of blocks) if (file !== undefined) files[file] = onPort(text, port);
  return files;
}

function runIn({ folder }: BlockProject, file: string): ExampleProcess {
  return new ExampleProcess([process.execPath, "-C", "@ropeway/source", file], { folder });
}

/** A line `npx ropeway …`, by the command's source in place of the installed one. */
function runCommandLine({ folder }: BlockProject, line: string): ExampleProcess {
  const [npx, ropeway, ...args] = line.split(" ");
  expect([npx, ropeway]).toEqual(["npx", "ropeway"]);
  return new ExampleProcess([process.execPath, "-C", "@ropeway/source", command, ...args], { folder });
}
