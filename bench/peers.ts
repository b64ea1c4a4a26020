import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A server that takes part. */
export interface Peer {
  readonly name: string;
  readonly about: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dialect: "websocket" | "socket.io" | "ropeway.1";
  /** Whether its connections outlive their lines, and it is compared in that alone. */
  readonly recovers?: boolean;
  /** What it can do besides plain messages. */
  readonly offers: { readonly deflate: boolean; readonly tls: boolean };
}

/** What the others are compared with. */
export const OURS = "ropeway";
/** What others are compared with where connections outlive their lines. */
export const OUR_SESSIONS = "ropeway-session";

const servers = join(import.meta.dirname, "servers");
const { resolve } = createRequire(import.meta.url);
const everything = { deflate: true, tls: true };
const nothing = { deflate: false, tls: false };

function onNode(file: string, ...args: string[]): Pick<Peer, "command" | "args"> {
  return { command: process.execPath, args: ["--expose-gc", join(servers, file), ...args] };
}

function candidates(): (Peer & { readonly probe?: () => void })[] {
  const websocket = { dialect: "websocket", offers: everything } as const;
  return [
    { ...websocket, name: OURS, about: "on its own listener", ...onNode("ropeway.ts") },
    { ...websocket, name: "ropeway-http", about: "on Node's HTTP server", ...onNode("ropeway.ts", "--http") },
    { ...websocket, name: "ws", about: versionOf("ws"), ...onNode("ws.ts") },
    {
      name: "bun",
      about: versionOf("bun"),
      ...websocket,
      command: findBun(),
      args: [join(servers, "bun.ts")],
      probe: () => void execFileSync(findBun(), ["--version"]),
    },
    {
      name: "uwebsockets",
      about: "uWebSockets.js",
      ...websocket,
      ...onNode("uwebsockets.ts"),
      offers: { deflate: true, tls: false },
      probe: probeUWebSockets,
    },
    {
      name: "socket.io",
      about: versionOf("socket.io"),
      ...onNode("socket-io.ts"),
      dialect: "socket.io",
      offers: nothing,
    },
    {
      name: OUR_SESSIONS,
      about: "sessions over WebSocket",
      ...onNode("ropeway-session.ts"),
      dialect: "ropeway.1",
      recovers: true,
      offers: nothing,
    },
    {
      name: "socket.io-recovery",
      about: `${versionOf("socket.io")}, connection state recovery on`,
      ...onNode("socket-io.ts", "--recovery"),
      dialect: "socket.io",
      recovers: true,
      offers: nothing,
    },
  ];
}

/** The peers that run on this machine, ours first, and why the others do not. */
export function findPeers(): { peers: Peer[]; skipped: { name: string; reason: string }[] } {
  const peers: Peer[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const { probe, ...peer } of candidates()) {
    try {
      probe?.();
      peers.push(peer);
    } catch (error) {
      skipped.push({ name: peer.name, reason: (error as Error).message.split("\n", 1)[0] ?? "" });
    }
  }
  return { peers, skipped };
}

function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}

/** Bun's package puts its binary in place by a script, which npm may have been told not to run. */
function findBun(): string {
  const inPlace = join(import.meta.dirname, "node_modules/bun/bin/bun.exe");
  try {
    return resolve(`@oven/bun-${process.platform}-${process.arch}/bin/bun`);
  } catch {
    return inPlace;
  }
}

function probeUWebSockets(): void {
  try {
    resolve("uWebSockets.js");
  } catch {
    throw new Error("it is not on the npm registry; a copy installed into bench/ by hand takes part");
  }
  const load = "require('uWebSockets.js').App()";
  try {
    execFileSync(process.execPath, ["-e", load], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch (error) {
    const line = String((error as { stderr?: unknown }).stderr).match(/^.*(?:GLIBC|Error:).*$/m)?.[0];
    throw new Error(`its binary does not load: ${line ?? "unknown"}`, { cause: error });
  }
}
