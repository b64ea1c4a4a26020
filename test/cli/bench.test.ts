import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { requireTool } from "../../tools/system-packages.ts";
import { WebSocketServer, type WebSocketServerOptions } from "../../src/websocket/index.ts";
import { makeCertificate } from "../raw-peer/certificate.ts";
import { CliProcess, runCli, ServeProcess } from "./cli-process.ts";
import { TemporaryFolder } from "./temporary-folder.ts";
import { Terminal } from "./terminal.ts";
import { WsPeer } from "./ws-peer.ts";

const tmux = requireTool("tmux");
const short = ["--duration", "0.3", "--warm-up", "0", "--connections", "5"];
const listenLocally = { port: 0, host: "127.0.0.1" };

/** Runs `ropeway bench` for a moment against a `ws` server that treats each connection so. */
async function load(onconnection: (socket: WebSocket) => void, flags: readonly string[] = []) {
  await using peer = await WsPeer.listen(onconnection);
  return await runCli(["bench", peer.url, ...short, ...flags]);
}

/** Our own server in this process, which echoes. */
async function listen(options: WebSocketServerOptions = {}) {
  const server = new WebSocketServer({ ...listenLocally, ...options });
  server.onconnection = ({ socket }) => {
    socket.onmessage = ({ data }) => socket.send(data);
  };
  await server.listening;
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) };
}

function echoAsItCame(socket: WebSocket): void {
  socket.on("message", (data, binary) => socket.send(data, { binary }));
}

describe("ropeway bench", () => {
  test("loads a server of our own and reports for people", async () => {
    await using server = await ServeProcess.start();
    const { exitCode, stdout, stderr } = await runCli(["bench", `${server.webSocketUrl}/echo`, ...short]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Server +ws:.*\nConnections +5, opened in .*\nTraffic .*\nMessages .* a second.*\nLatency +p50 /,
    );
  });

  test.runIf(process.platform === "linux")(
    "finds a server on this machine and tells what it costs",
    async () => {
      await using server = await ServeProcess.start();
      const { stdout } = await runCli(["bench", `${server.webSocketUrl}/echo`, ...short]);
      expect(stdout).toMatch(
        new RegExp(`Server's cost CPU [\\d.]+ µs a message \\(node ${server.child.pid}\\)`),
      );
    },
  );

  test("reports as JSON and as nothing else, with --json", async () => {
    await using server = await ServeProcess.start();
    const flags = ["--json", "--rate", "500", "--size", "200", "--burst", "5", "--pid", String(process.pid)];
    const { exitCode, stdout, stderr } = await runCli(["bench", `${server.url}/echo`, ...short, ...flags]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({
      url: `${server.webSocketUrl}/echo`,
      connections: { asked: 5, opened: 5, lost: 0, wrong: 0 },
      traffic: { messageBytes: 200, type: "text", burst: 5, rate: 500, compression: "none" },
      latencyMicros: { p50: expect.any(Number) as number, p999: expect.any(Number) as number },
      unanswered: 0,
      server: { processes: [{ pid: process.pid }] },
      interrupted: false,
      failure: null,
    });
    expect(report["messagesPerSecond"]).toBeGreaterThan(250);
    expect(report["messagesPerSecond"]).toBeLessThan(750);
  });

  test.each([
    [[]],
    [["--binary"]],
    [["--size", "100000", "--binary"]],
    [["--burst", "20"]],
    [["--size", "0"]],
  ])("loads a ws server with %j", async (flags) => {
    const { exitCode, stderr } = await load(echoAsItCame, flags);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test.each([
    [true, "compressed"],
    [false, "not compressed as the server declined it"],
  ])("offers compression with --compress, taken by the server: %j", async (isTaken, words) => {
    await using server = await listen({ perMessageDeflate: isTaken && { threshold: 100 } });
    const flags = ["--compress", "--size", "500", "--burst", "2"];
    const { exitCode, stdout } = await runCli(["bench", `127.0.0.1:${server.port}`, ...short, ...flags]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`in bursts of 2, ${words};`);
  });

  test("sends headers, subprotocols and the origin as asked, on each connection", async () => {
    await using peer = await WsPeer.listen(echoAsItCame);
    const handshakes: unknown[] = [];
    peer.server.on("connection", (_socket, { headers }) =>
      handshakes.push([headers["x-one"], headers["sec-websocket-protocol"], headers.origin]),
    );
    const flags = ["-H", "X-One: 1", "-s", "chat", "--origin", "https://a.example"];
    expect((await runCli(["bench", peer.url, ...short, ...flags])).exitCode).toBe(0);
    expect(handshakes).toEqual(Array.from({ length: 5 }, () => ["1", "chat", "https://a.example"]));
  });

  test("trusts the certificates of --ca, any with --insecure, and no others", async () => {
    const tls = await makeCertificate();
    await using server = await listen({ tls });
    using folder = new TemporaryFolder({ "ca.pem": tls.cert });
    const command = ["bench", `wss://localhost:${server.port}`, ...short];
    expect((await runCli([...command, "--ca", folder.file("ca.pem")])).exitCode).toBe(0);
    expect((await runCli([...command, "--insecure"])).exitCode).toBe(0);
    const { exitCode, stderr } = await runCli(command);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("give the right one with --ca FILE");
  });

  test("shows its progress on a terminal, and leaves the report alone on it", async () => {
    await using server = await ServeProcess.start();
    const args = ["bench", `${server.webSocketUrl}/echo`, "-c", "5", "-d", "1.5"];
    using terminal = new Terminal(tmux.path, args, { columns: 120 });
    const screen = (): string => terminal.lines().join("\n");
    await expect.poll(screen, { timeout: 10_000 }).toMatch(/ of 1\.5 s: [\d,]+ messages a second, p99 /);
    await expect.poll(screen, { timeout: 10_000 }).toMatch(/^Server (?:.*\n)*exit 0$/);
    expect(screen()).not.toContain("of 1.5 s");
  });
});

describe("ropeway bench and servers that cannot be measured", () => {
  test("says that a server does not echo when it is silent, with exit code 3", async () => {
    expect(await load(() => {}, ["--timeout", "0.3"])).toEqual({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringMatching(
        /^ropeway: ws:.* does not echo: no answer came to a message within 0\.3 s; name an endpoint that .*\n$/,
      ) as string,
    });
  });

  test.each<[string, (socket: WebSocket) => void, string]>([
    [
      "greets",
      (socket) => socket.send("welcome\x1b"),
      'The server sent "welcome\\x1b", which is not the echo',
    ],
    [
      "answers something else",
      (socket) => socket.on("message", (data: Buffer) => socket.send(data.toString().toUpperCase())),
      'The server sent "{"ID":0',
    ],
    [
      "answers in another type",
      (socket) => socket.on("message", (data) => socket.send(data)),
      "The server sends the echo of a text message as a binary one (use --binary)",
    ],
    [
      "closes",
      (socket) => socket.on("message", () => socket.close(1008, "go")),
      'Closed by the server: 1008 (policy violation) "go"',
    ],
  ])(
    "says what comes from a server that %s instead, with exit code 3",
    async (_name, onconnection, words) => {
      const { exitCode, stdout, stderr } = await load(onconnection);
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
      expect(stderr).toContain(`does not echo: ${words}`);
    },
  );

  test("has the exit code 1 where nothing listens, or another protocol does", async () => {
    await using server = await ServeProcess.start();
    const refused = await runCli(["bench", `${server.url}/nowhere`, ...short]);
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("answered with status 404: there is nothing at this path");
    const closed = createServer().listen(listenLocally);
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const unreachable = await runCli(["bench", `127.0.0.1:${port}`, ...short]);
    expect(unreachable).toMatchObject({ exitCode: 1, stdout: "" });
    expect(unreachable.stderr).toContain("nothing listens there");
  });

  test("has the exit code 1 and counts them where not all connections can be opened", async () => {
    await using server = await listen({ connectionsMax: 3 });
    const { exitCode, stderr } = await runCli(["bench", `127.0.0.1:${server.port}`, ...short]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ropeway: Only 3 of 5 connections to ws:.* could be opened: .*status 503/);
  });

  test("has the exit code 2 for a wrong option", async () => {
    expect(await runCli(["bench", "localhost", "--rate", "lots"])).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'ropeway: --rate is "lots"; allowed is a number of messages a second above 0, up to 10000000\n',
    });
  });
});

describe("ropeway bench and how it ends", () => {
  test("reports and has the exit code 3 when connections are lost", async () => {
    let connections = 0;
    const { exitCode, stdout, stderr } = await load((socket) => {
      echoAsItCame(socket);
      if (++connections === 2) socket.once("message", () => socket.close(1011, "sorry"));
    });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^Connections +5, opened in .* s, 1 lost$/m);
    expect(stderr).toMatch(
      /^ropeway: 1 of 5 connections were lost, the first so: Closed by the server: 1011 .*"sorry"; see what .*\n$/,
    );
  });

  test("ends early when all connections are lost", async () => {
    let echoes = 0;
    const onconnection = (socket: WebSocket): void => {
      echoAsItCame(socket);
      socket.on("message", () => ++echoes > 100 && socket.terminate());
    };
    const { exitCode, stderr } = await load(onconnection, ["--duration", "60"]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("5 of 5 connections were lost");
  });

  test("says how many messages were not echoed by a server that stops", async () => {
    let echoes = 0;
    const { exitCode, stdout, stderr } = await load((socket) =>
      socket.on("message", (data, binary) => ++echoes <= 100 && socket.send(data, { binary })),
    );
    expect(exitCode).toBe(3);
    expect(stdout).toContain("Note          5 messages were not echoed");
    expect(stderr).toContain("5 messages were not echoed within 5 s of the end");
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("reports what there is on %s, with exit code %i", async (signal, exitCode) => {
    await using peer = await WsPeer.listen();
    const command = new CliProcess(["bench", peer.url, "-c", "1", "-d", "60", "--warm-up", "0", "--json"]);
    await using _ended = command;
    const { socket } = await peer.nextConnection();
    let echoes = 0;
    socket.on("message", (data, binary) => {
      socket.send(data, { binary });
      if (++echoes === 200) command.child.kill(signal);
    });
    const result = await command.result;
    expect(result).toMatchObject({ exitCode, stderr: "" });
    expect(JSON.parse(result.stdout)).toMatchObject({
      interrupted: true,
      connections: { lost: 0 },
      failure: null,
    });
  });

  test("ends at once on a signal before there is anything to report, and closes with 1000", async () => {
    await using peer = await WsPeer.listen();
    await using command = new CliProcess(["bench", peer.url]);
    const { socket } = await peer.nextConnection();
    const closed = once(socket, "close");
    command.child.kill("SIGINT");
    expect(await command.result).toEqual({ exitCode: 130, stdout: "", stderr: "" });
    expect(await closed).toEqual([1000, Buffer.alloc(0)]);
  });
});
