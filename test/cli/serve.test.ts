import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { makeCertificate } from "../raw-peer/certificate.ts";
import { CliProcess, runCli, ServeProcess } from "./cli-process.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

/** A connection by `ws`, an implementation that is not ours. */
async function dial(url: string, options: { origin?: string; ca?: string } = {}): Promise<WsWebSocket> {
  const socket = new WsWebSocket(url, options);
  await once(socket, "open");
  return socket;
}

async function echo(socket: WsWebSocket, message: string): Promise<string> {
  socket.send(message);
  const [data] = (await once(socket, "message")) as [Buffer];
  return data.toString();
}

describe("ropeway serve", () => {
  test("prints one line with the address when it is ready, and what is where", async () => {
    using folder = new TemporaryFolder({ "www/index.html": "hello" });
    await using server = await ServeProcess.start(["--static", "www"], { cwd: folder.path });
    server.child.kill("SIGKILL");
    const { stdout, stderr } = await server.result;
    expect(stdout).toMatch(
      /^Ropeway is listening on http:\/\/127\.0\.0\.1:\d+ \(files of \S+www at \/, WebSocket at \/echo, health at \/healthz\)\n$/,
    );
    expect(stderr).toBe("");
  });

  test("echoes text and binary at /echo", async () => {
    await using server = await ServeProcess.start();
    const socket = await dial(`${server.webSocketUrl}/echo`);
    expect(await echo(socket, "hello")).toBe("hello");
    socket.send(Buffer.from([0, 255]));
    expect(await once(socket, "message")).toEqual([Buffer.from([0, 255]), true]);
    socket.close();
  });

  test("says at /healthz that it is well, how long it is up, and how many are connected", async () => {
    await using server = await ServeProcess.start();
    const socket = await dial(`${server.webSocketUrl}/echo`);
    const response = await fetch(`${server.url}/healthz`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toMatch(
      /^{"status":"ok","uptimeSeconds":\d+(\.\d+)?,"connections":1,"sessions":0}\n$/,
    );
    socket.close();
  });

  test("serves the files of a folder with headers that keep them harmless", async () => {
    using folder = new TemporaryFolder({ "index.html": "hello", ".env": "secret" });
    await using server = await ServeProcess.start(["--static", folder.path]);
    const page = await fetch(server.url);
    expect(await page.text()).toBe("hello");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect((await fetch(`${server.url}/.env`)).status).toBe(404);
    expect((await fetch(server.url, { method: "POST", body: "x" })).status).toBe(405);
  });

  test("lets pages of its own origin connect, and those that --origin names instead", async () => {
    const origin = "https://app.example";
    await using plain = await ServeProcess.start();
    expect(await echo(await dial(`${plain.webSocketUrl}/echo`, { origin: plain.url }), "hi")).toBe("hi");
    await expect(dial(`${plain.webSocketUrl}/echo`, { origin })).rejects.toThrow("403");
    await using open = await ServeProcess.start(["--origin", origin]);
    expect(await echo(await dial(`${open.webSocketUrl}/echo`, { origin }), "hi")).toBe("hi");
    await expect(dial(`${open.webSocketUrl}/echo`, { origin: open.url })).rejects.toThrow("403");
  });

  test("speaks https and wss with a certificate", async () => {
    const { cert, key } = await makeCertificate();
    using folder = new TemporaryFolder({ "cert.pem": cert, "key.pem": key });
    const flags = ["--cert", "cert.pem", "--key", "key.pem"];
    await using server = await ServeProcess.start(flags, { cwd: folder.path });
    const { port, protocol } = new URL(server.url);
    expect(protocol).toBe("https:");
    expect(await echo(await dial(`wss://localhost:${port}/echo`, { ca: cert }), "hi")).toBe("hi");
    const request = get(`https://localhost:${port}/healthz`, { ca: cert, agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(JSON.parse(await text(response))).toMatchObject({ status: "ok" });
  });
});

describe("ropeway serve with a config file", () => {
  test("takes JSON from the working folder, under the flags", async () => {
    using folder = new TemporaryFolder({
      "ropeway.config.json": '{ "port": 1, "static": "www", "quiet": false }',
      "www/index.html": "from the config",
    });
    await using server = await ServeProcess.start([], { cwd: folder.path });
    expect(await (await fetch(server.url)).text()).toBe("from the config");
  });

  test.each([
    ["mine.js", ""],
    ["mine.ts", "satisfies import('ropeway/server').ServeConfig"],
  ])("takes endpoints from %s", async (name, types) => {
    using folder = new TemporaryFolder({
      "package.json": '{ "type": "module" }',
      [name]: `export default { endpoints: {
        "/upper": ({ socket }) => { socket.onmessage = ({ data }) => socket.send(data.toUpperCase()); },
        "/small": { onconnection: ({ socket, server }) => socket.send(String(server.clients.size)), maxPayload: 8 },
      } } ${types};`,
    });
    await using server = await ServeProcess.start(["--config", folder.file(name)]);
    expect(await echo(await dial(`${server.webSocketUrl}/upper`), "hi")).toBe("HI");
    const small = new WsWebSocket(`${server.webSocketUrl}/small`);
    expect((await once(small, "message")).toString()).toBe("1,false");
    small.send("more than eight");
    expect((await once(small, "close"))[0]).toBe(1009);
  });

  test("takes sessions and plain WebSockets as a config file says", async () => {
    using folder = new TemporaryFolder({
      "mine.mjs": `export default {
        authenticate: ({ request }) => request.url,
        onconnection: ({ socket, user, isSession }) => socket.send([user, isSession].join()),
      };`,
    });
    await using server = await ServeProcess.start(["--config", folder.file("mine.mjs")]);
    const plain = new WsWebSocket(`${server.webSocketUrl}/ropeway?me`);
    expect((await once(plain, "message")).toString()).toBe("/ropeway?me,false,false");
    const link = new WsWebSocket(`${server.webSocketUrl}/ropeway`, ["ropeway.1"]);
    expect((await once(link, "message")).toString()).toMatch(/^hello /);
  });

  test("takes a file that imports defineConfig from the package", async () => {
    const config = new URL("./programs/room.config.ts", import.meta.url).pathname;
    await using server = await ServeProcess.start(["--config", config]);
    const [one, two] = [await dial(`${server.webSocketUrl}/room`), await dial(`${server.webSocketUrl}/room`)];
    one.send("hi");
    expect((await once(two, "message")).toString()).toBe("to all: hi,false");
  });

  test.each([
    [
      "a.json",
      '{ "prot": 1 }',
      'ropeway: a.json has the unknown key "prot", which is perhaps "port"; allowed are',
    ],
    [
      "a.json",
      '{ "port": "1" }',
      'ropeway: "port" in a.json is "1"; allowed is a whole number from 0 to 65535',
    ],
    ["a.json", "{ port: 1 }", "ropeway: a.json cannot be loaded: Expected property name"],
    [
      "a.json",
      '{ "endpoints": { "/a": 1 } }',
      'ropeway: "endpoints./a" in a.json is 1; allowed is a function',
    ],
    ["a.mjs", "export default", "ropeway: a.mjs cannot be loaded: Unexpected end of input"],
    [
      "a.mjs",
      'import "absent"; export default {}',
      "ropeway: a.mjs cannot be loaded: Cannot find package 'absent'",
    ],
    ["a.ts", "enum A {}; export default {}", "ropeway: a.ts cannot be loaded: "],
    ["a.mjs", 'export default { static: "absent" }', 'ropeway: "static" is "'],
    [
      "a.mjs",
      'export default { endpoints: { "/a": { onconnection() {}, maxPayload: "8" } } }',
      'ropeway: An endpoint in a.mjs cannot be made: maxPayload is "8"; it is a number of bytes',
    ],
    [
      "a.mjs",
      "export default { onconnection() {}, sessions: { sessionsMax: 0 } }",
      "ropeway: An endpoint in a.mjs cannot be made: Option sessions.sessionsMax is 0 sessions;",
    ],
    [
      "a.mjs",
      'export default { endpoints: { "/healthz"() {} } }',
      "ropeway: An endpoint in a.mjs cannot be made",
    ],
  ])("refuses %s with %j by one line and exit code 2", async (name, content, message) => {
    using folder = new TemporaryFolder({ [name]: content });
    const { exitCode, stdout, stderr } = await runCli(["serve", "--config", name], { cwd: folder.path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

describe("ropeway serve that cannot start", () => {
  test("says in one line that its port is in use, exit code 1", async () => {
    const other = createServer();
    await once(other.listen(0, "127.0.0.1"), "listening");
    const { port } = other.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await runCli(["serve", "--port", String(port)]);
    other.close();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toBe(
      `ropeway: Port ${port} on 127.0.0.1 is in use: stop what listens there, or choose another port\n`,
    );
  });

  test.each([
    [["--host", "192.0.2.1"], "ropeway: 192.0.2.1 is not an address of this machine\n"],
    [["--host", "no.such.host.invalid"], "ropeway: There is no host named no.such.host.invalid\n"],
  ])("says what is wrong with %j, exit code 1", async (flags, stderr) => {
    expect(await runCli(["serve", "--port", "0", ...flags])).toEqual({ exitCode: 1, stdout: "", stderr });
  });

  test.each([
    [["--port", "http"], 'ropeway: --port is "http"; allowed is a whole number from 0 to 65535\n'],
    [["--cert", "a.pem"], "ropeway: --cert is given without --key; they go together\n"],
    [
      ["--cert", "/absent.pem", "--key", "/absent.pem"],
      /^ropeway: --cert is "\/absent.pem", which cannot be read: /,
    ],
    [
      ["--cert", "/dev/null", "--key", "/dev/null"],
      /^ropeway: --cert and --key are not a usable certificate and key/,
    ],
    [["--static", "/absent"], 'ropeway: --static is "/absent"; allowed is a folder that exists\n'],
    [
      ["--config", "/absent.json"],
      /^ropeway: --config is "\/absent.json", which cannot be read: there is no such file/,
    ],
    [["--prot", "1"], "ropeway: unknown option '--prot' (Did you mean --port?)\n"],
    [["extra"], /^ropeway: too many arguments/],
  ])("refuses %j by one line and exit code 2", async (flags, message) => {
    const { exitCode, stdout, stderr } = await runCli(["serve", ...flags]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

describe("ropeway serve that is stopped", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "closes connections with 1001 on %s, exit code 0",
    async (signal) => {
      await using server = await ServeProcess.start();
      const socket = await dial(`${server.webSocketUrl}/echo`);
      const closed = once(socket, "close");
      server.child.kill(signal);
      expect((await closed)[0]).toBe(1001);
      const { exitCode, stdout, stderr } = await server.result;
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toContain(`Closing on ${signal}`);
    },
  );

  test("does not wait for an idle HTTP connection", async () => {
    await using server = await ServeProcess.start(["--grace-ms", "3600000"]);
    await (await fetch(`${server.url}/healthz`)).text();
    server.child.kill("SIGTERM");
    expect((await server.result).exitCode).toBe(0);
  });

  test("waits for a peer that does not answer until --grace-ms", async () => {
    await using server = await ServeProcess.start(["--grace-ms", "50"]);
    const socket = await dial(`${server.webSocketUrl}/echo`);
    socket.pause();
    const closed = once(socket, "close");
    server.child.kill("SIGTERM");
    expect((await server.result).exitCode).toBe(0);
    socket.resume();
    await closed;
  });

  test("ends at once on a second signal", async () => {
    await using server = await ServeProcess.start(["--grace-ms", "3600000"]);
    const socket = await dial(`${server.webSocketUrl}/echo`);
    socket.pause();
    server.child.kill("SIGTERM");
    await server.waitFor("stdout", /Closing on SIGTERM/);
    server.child.kill("SIGINT");
    expect((await server.result).exitCode).toBe(130);
    socket.terminate();
  });

  test("ends with 0 when a signal comes before it is ready", async () => {
    using folder = new TemporaryFolder({
      "slow.mjs":
        'console.log("loading"); await new Promise((resolve) => setTimeout(resolve, 3600_000)); export default {};',
    });
    await using command = new CliProcess(["serve", "--config", folder.file("slow.mjs")]);
    await command.waitFor("stdout", /loading/);
    command.child.kill("SIGTERM");
    expect(await command.result).toEqual({ exitCode: 0, stdout: "loading\n", stderr: "" });
  });

  test("says nothing with --quiet", async () => {
    const { port } = await freePort();
    await using command = new CliProcess(["serve", "--quiet", "--port", String(port)]);
    const status = () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        (response) => response.status,
        () => 0,
      );
    await expect.poll(status, { timeout: 10_000 }).toBe(200);
    command.child.kill("SIGTERM");
    expect(await command.result).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

async function freePort(): Promise<AddressInfo> {
  const probe = createServer();
  await once(probe.listen(0, "127.0.0.1"), "listening");
  const address = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return address;
}
