import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocketServer } from "../../src/websocket/index.ts";
import { makeCertificate } from "../raw-peer/certificate.ts";
import { CliProcess, runCli, ServeProcess } from "./cli-process.ts";
import { TemporaryFolder } from "./temporary-folder.ts";
import { WsPeer } from "./ws-peer.ts";

/** Runs `ropeway connect` against a `ws` server that answers each connection so. */
async function talk(
  onconnection: Parameters<typeof WsPeer.listen>[0],
  { flags = [], input = "" }: { flags?: readonly string[]; input?: string } = {},
) {
  await using peer = await WsPeer.listen(onconnection);
  return await runCli(["connect", ...flags, peer.url], { input });
}

describe("ropeway connect in a pipe", () => {
  test("sends lines and prints what comes back, by our own server", async () => {
    await using server = await ServeProcess.start();
    const result = await runCli(["connect", `${server.webSocketUrl}/echo`], { input: "hello\n\nżółć\nlast" });
    expect(result).toEqual({ exitCode: 0, stdout: "hello\n\nżółć\nlast\n", stderr: "" });
  });

  test("sends lines as text messages and closes with 1000, to a ws server", async () => {
    await using peer = await WsPeer.listen();
    const command = runCli(["connect", "--wait", "0", peer.url], { input: "/close\r\nlast" });
    const { socket } = await peer.nextConnection();
    const received: unknown[] = [];
    socket.on("message", (data: Buffer, isBinary) => received.push([data.toString(), isBinary]));
    expect(await once(socket, "close")).toEqual([1000, Buffer.alloc(0)]);
    expect(received).toEqual([
      ["/close", false],
      ["last", false],
    ]);
    expect(await command).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  test("takes http URLs, and bare hosts with a port", async () => {
    await using server = await ServeProcess.start();
    const { host } = new URL(server.url);
    for (const url of [`${server.url}/echo`, `${host}/echo`]) {
      expect(await runCli(["connect", url, "--wait", "0.2"], { input: "hi" })).toMatchObject({
        stdout: "hi\n",
      });
    }
  });

  test("waits for replies as long as they keep coming, whatever --wait", async () => {
    const result = await talk(
      (socket) => {
        const count = (left: number) => {
          if (left === 0) return;
          socket.send(`reply ${left}`);
          setTimeout(() => count(left - 1), 300);
        };
        count(6);
      },
      { flags: ["--wait", "1.5"] },
    );
    expect(result).toEqual({
      exitCode: 0,
      stdout: "reply 6\nreply 5\nreply 4\nreply 3\nreply 2\nreply 1\n",
      stderr: "",
    });
  });

  test("stays with --wait forever until the server closes, and says so", async () => {
    const result = await talk((socket) => setTimeout(() => socket.close(1001, "moving\x1b[2J"), 1200), {
      flags: ["--wait", "forever"],
    });
    expect(result).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: 'ropeway: Closed by the server: 1001 (going away) "moving\\x1b[2J"\n',
    });
  });

  test("sends headers, subprotocols and the origin as asked", async () => {
    await using peer = await WsPeer.listen((socket) => socket.close());
    const headers = ["-H", "Authorization: Bearer a:b", "--header", "X-Two:2"];
    const command = runCli([
      "connect",
      ...headers,
      "-s",
      "chat",
      "-s",
      "mqtt",
      "--origin",
      "https://a.example",
      peer.url,
    ]);
    expect((await peer.nextConnection()).headers).toMatchObject({
      authorization: "Bearer a:b",
      "x-two": "2",
      "sec-websocket-protocol": "chat, mqtt",
      origin: "https://a.example",
    });
    expect((await command).exitCode).toBe(0);
  });

  test.each([
    [["--compress"], "permessage-deflate"],
    [[], ""],
  ])("agrees on compression only when asked: %j", async (flags, extension) => {
    await using server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
    const agreed = new Promise<string>((resolve) => {
      server.onconnection = ({ socket }) => {
        resolve(socket.extensions);
        socket.onmessage = ({ data }) => socket.send(data);
      };
    });
    await server.listening;
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const input = "x".repeat(2000);
    expect(await runCli(["connect", ...flags, url], { input })).toMatchObject({ stdout: `${input}\n` });
    expect((await agreed).split(";")[0]).toBe(extension);
  });
});

describe("ropeway connect and binary messages", () => {
  test("writes them as hex", async () => {
    const result = await talk((socket) => {
      socket.send(Buffer.from([0, 10, 255]));
      socket.close();
    });
    expect(result).toMatchObject({ exitCode: 0, stdout: "000aff\n" });
  });

  test("sends lines of hex with --binary", async () => {
    await using server = await ServeProcess.start();
    const flags = ["--binary", `${server.webSocketUrl}/echo`];
    expect(await runCli(["connect", ...flags], { input: "00 0A ff\n\n" })).toMatchObject({
      stdout: "000aff\n\n",
    });
    expect(await runCli(["connect", ...flags], { input: "01\nxyz\n02\n" })).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: "ropeway: Line 2 of the input is not hex, as --binary expects\n",
    });
  });

  test("keeps kinds and line feeds apart with --json, both ways", async () => {
    await using server = await ServeProcess.start();
    const input = '{"type":"text","data":"two\\nlines"}\n{"type":"binary","data":"000aff"}\n';
    const result = await runCli(["connect", "--json", `${server.webSocketUrl}/echo`], { input });
    expect(result).toEqual({ exitCode: 0, stdout: input, stderr: "" });
  });
});

describe("ropeway connect and how it ends", () => {
  test.each([
    [1000, 0, 'Closed by the server: 1000 (normal closure) "why"'],
    [1001, 0, 'Closed by the server: 1001 (going away) "why"'],
    [1008, 3, 'Closed by the server: 1008 (policy violation) "why"'],
    [1011, 3, 'Closed by the server: 1011 (internal error of the server) "why"'],
    [4000, 3, 'Closed by the server: 4000 (private to the application) "why"'],
  ])("on close code %i has the exit code %i", async (code, exitCode, line) => {
    expect(await talk((socket) => socket.close(code, "why"))).toEqual({
      exitCode,
      stdout: "",
      stderr: `ropeway: ${line}\n`,
    });
  });

  test("has the exit code 3 when the connection is lost", async () => {
    const { exitCode, stderr } = await talk((socket) => socket.terminate());
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^ropeway: .*\nropeway: Closed: 1006 \(connection lost without a close\)\n$/);
  });

  test("has the exit code 3 and names the rule when the server breaks one", async () => {
    const { exitCode, stderr } = await talk((socket) => socket.send("x".repeat(20)), {
      flags: ["--max-payload", "10"],
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain("the limit is 10 (maxPayload)");
  });

  test("ends with a server that stops answering, by --ping", async () => {
    await using peer = await WsPeer.listen((socket) => socket.pause());
    const command = runCli(["connect", "--ping", "0.1", "--wait", "forever", peer.url]);
    expect(await command).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("silent") as string });
  });

  test("ends its output where the reader stops, without a word", async () => {
    await using server = await ServeProcess.start();
    await using command = new CliProcess(["connect", `${server.webSocketUrl}/echo`]);
    command.child.stdin.write("first\n");
    await command.waitFor("stdout", /first/);
    command.child.stdout.destroy();
    command.child.stdin.write("second\nthird\n");
    expect(await command.result).toEqual({ exitCode: 0, stdout: "first\n", stderr: "" });
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("closes with 1000 on %s, exit code %i", async (signal, exitCode) => {
    await using peer = await WsPeer.listen((socket) => socket.send("ready"));
    const connecting = peer.nextConnection();
    await using command = new CliProcess(["connect", peer.url]);
    const { socket } = await connecting;
    const closed = once(socket, "close");
    await command.waitFor("stdout", /ready/);
    command.child.kill(signal);
    expect((await closed)[0]).toBe(1000);
    expect(await command.result).toEqual({ exitCode, stdout: "ready\n", stderr: "" });
  });

  test("ends at once on a second signal, whatever the server does", async () => {
    await using peer = await WsPeer.listen((socket) => {
      socket.send("ready");
      socket.pause();
    });
    await using command = new CliProcess(["connect", peer.url]);
    await command.waitFor("stdout", /ready/);
    command.child.kill("SIGTERM");
    await command.waitFor("stderr", /a second signal ends at once/);
    command.child.kill("SIGINT");
    expect((await command.result).exitCode).toBe(130);
  });
});

describe("ropeway connect that cannot connect", () => {
  async function freePort(): Promise<number> {
    const probe = createServer();
    await once(probe.listen(0, "127.0.0.1"), "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    return port;
  }

  test("says that nothing listens there", async () => {
    const url = `ws://127.0.0.1:${await freePort()}/`;
    expect(await runCli(["connect", url], { input: "lost" })).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `ropeway: Cannot connect to ${url}: nothing listens there; is the server running, and is the port right?\n`,
    });
  });

  test("says what the server answered", async () => {
    await using server = await ServeProcess.start();
    const missing = await runCli(["connect", `${server.webSocketUrl}/absent`]);
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("status 404: there is nothing") as string,
    });
    const foreign = await runCli(["connect", "--origin", "https://a.example", `${server.webSocketUrl}/echo`]);
    expect(foreign).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("status 403: the server does not") as string,
    });
  });

  test("says what to do about a certificate that it does not trust", async () => {
    const { cert, key } = await makeCertificate();
    using folder = new TemporaryFolder({ "cert.pem": cert, "key.pem": key });
    const tls = ["--cert", folder.file("cert.pem"), "--key", folder.file("key.pem")];
    await using server = await ServeProcess.start(tls);
    const url = `wss://localhost:${new URL(server.url).port}/echo`;
    const { exitCode, stderr } = await runCli(["connect", url]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /signed by itself \(\w+\); give the right one with --ca FILE, or trust any with --insecure/,
    );
    for (const flags of [["--ca", folder.file("cert.pem")], ["--insecure"]]) {
      expect(await runCli(["connect", "--wait", "0", ...flags, url])).toEqual({
        exitCode: 0,
        stdout: "",
        stderr: "",
      });
    }
  });

  test("gives up after --timeout when the server says nothing", async () => {
    const mute = createServer();
    await once(mute.listen(0, "127.0.0.1"), "listening");
    const { port } = mute.address() as AddressInfo;
    const result = await runCli(["connect", "--timeout", "0.1", `ws://127.0.0.1:${port}/`]);
    mute.close();
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("no answer in time; see --timeout") as string,
    });
  });

  test("never shows a password of the URL", async () => {
    const { stderr } = await runCli(["connect", `ws://me:secret@127.0.0.1:${await freePort()}/`]);
    expect(stderr).toContain("nothing listens there");
    expect(stderr).not.toContain("secret");
  });

  test.each([
    [["ftp://a"], 'ropeway: The URL is "ftp://a"; allowed is a ws:, wss:, http: or https: URL'],
    [
      ["-H", "Token: sec\nret", "ws://a"],
      "ropeway: --header is Token with a value of other characters; allowed",
    ],
  ])("refuses %j by one line and exit code 2", async (args, message) => {
    const { exitCode, stdout, stderr } = await runCli(["connect", ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain("\n");
    expect(stderr).not.toContain("ret");
  });
});

/** The most memory that a process has had, in MiB. */
function peakMemory(pid: number | undefined): number {
  const [, kibibytes = ""] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

describe.skipIf(process.platform !== "linux")("ropeway connect between a fast end and a slow one", () => {
  const lines = 128 * 1024;
  const line = `${"x".repeat(1023)}\n`;
  const memoryMax = 200;

  test("holds little when the server reads slowly", { timeout: 60_000 }, async () => {
    await using peer = await WsPeer.listen();
    const connecting = peer.nextConnection();
    await using command = new CliProcess(["connect", "--wait", "0", peer.url]);
    command.child.stdin.end(line.repeat(lines));
    const { socket } = await connecting;
    let received = 0;
    socket.on("message", () => {
      received += 1;
      if (received % 64 !== 0) return;
      socket.pause();
      setImmediate(() => socket.resume());
    });
    await expect.poll(() => received, { timeout: 50_000 }).toBeGreaterThan(lines / 2);
    expect(peakMemory(command.child.pid)).toBeLessThan(memoryMax);
    expect(await command.result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(received).toBe(lines);
  });

  test("holds little when its reader is slow", { timeout: 60_000 }, async () => {
    await using peer = await WsPeer.listen();
    const connecting = peer.nextConnection();
    await using command = new CliProcess(["connect", "--wait", "forever", peer.url]);
    command.child.stdout.pause();
    const { socket } = await connecting;
    for (let count = 0; count < lines; count += 1) socket.send(line.trimEnd());
    let unsent = Number.POSITIVE_INFINITY;
    const stalls = () => {
      const hasStalled = socket.bufferedAmount === unsent;
      unsent = socket.bufferedAmount;
      return hasStalled;
    };
    await expect.poll(stalls, { timeout: 20_000, interval: 250 }).toBe(true);
    expect(unsent).toBeGreaterThan((lines * 1024) / 2);
    expect(peakMemory(command.child.pid)).toBeLessThan(memoryMax);
    command.child.stdout.resume();
    socket.close(1000);
    const { exitCode, stdout } = await command.result;
    expect([exitCode, stdout.length]).toEqual([0, lines * 1024]);
  });
});
