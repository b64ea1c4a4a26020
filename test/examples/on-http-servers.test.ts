import { execFile } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { request as requestOverTls } from "node:https";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { requireTool } from "../../tools/system-packages.ts";
import { TemporaryFolder } from "../cli/temporary-folder.ts";
import { openClient } from "../interop/open-client.ts";
import { makeCertificate } from "../raw-peer/certificate.ts";
import { ExampleProcess } from "./example-process.ts";

const curl = requireTool("curl");

/** What curl sends with --http2: an offer to go on in HTTP/2 (RFC 7540 §3.2). */
const h2c = {
  Connection: "Upgrade, HTTP2-Settings",
  Upgrade: "h2c",
  "HTTP2-Settings": "AAMAAABkAAQAoAAAAAIAAAAA",
};

describe("express.ts", () => {
  test("serves its routes, and a route reaches the sockets", async () => {
    await using example = await ExampleProcess.serve("express.ts");
    const reader = await openClient(`ws://localhost:${example.port}/news`);
    const http = `http://localhost:${example.port}`;
    expect(await (await fetch(`${http}/readers`)).json()).toEqual({ readers: 1 });
    const headers = { "Content-Type": "application/json" };
    const posted = await fetch(`${http}/news`, { method: "POST", headers, body: '{"title":"It works"}' });
    expect(posted.status).toBe(202);
    expect(await reader.nextMessage()).toBe('{"title":"It works"}');
  });

  test("answers a WebSocket at another path with 404", async () => {
    await using example = await ExampleProcess.serve("express.ts");
    const opening = openClient(`ws://localhost:${example.port}/other`);
    await expect(opening).rejects.toMatchObject({ cause: { status: 404 } });
  });

  test("serves a request that offers h2c as an ordinary one", async () => {
    await using example = await ExampleProcess.serve("express.ts");
    const response = await get(`http://localhost:${example.port}/readers`, h2c);
    expect(response.statusCode).toBe(200);
    expect(await text(response)).toBe('{"readers":0}');
  });

  test.skipIf(curl.missing)("leaves `curl --http2` not hanging", async () => {
    await using example = await ExampleProcess.serve("express.ts");
    const url = `http://localhost:${example.port}/readers`;
    const { stdout } = await promisify(execFile)(curl.path, ["--http2", "--silent", "--max-time", "10", url]);
    expect(stdout).toBe('{"readers":0}');
  });
});

describe("https.ts", () => {
  test("serves pages and sockets over TLS on one port", async () => {
    const { cert, key } = await makeCertificate();
    using folder = new TemporaryFolder({ "cert.pem": cert, "key.pem": key });
    const files = { CERT: folder.file("cert.pem"), KEY: folder.file("key.pem") };
    await using example = await ExampleProcess.serve("https.ts", files);
    const client = await openClient(`wss://localhost:${example.port}`, { ca: cert });
    expect(await client.nextMessage()).toBe("encrypted");
    const page = requestOverTls(`https://localhost:${example.port}/`, { ca: cert }).end();
    const [response] = (await once(page, "response")) as [IncomingMessage];
    expect(await text(response)).toBe("This came over TLS.\n");
  });
});

describe("two-paths.ts", () => {
  test("has a server at each path, with its own limit and clients", async () => {
    await using example = await ExampleProcess.serve("two-paths.ts");
    const chat = await openClient(`ws://localhost:${example.port}/chat`);
    const upload = await openClient(`ws://localhost:${example.port}/upload?name=x`);
    upload.connection.send(Buffer.alloc(5000));
    expect(await upload.nextMessage()).toBe("5000 bytes received");
    chat.connection.send("x".repeat(4097));
    expect(await chat.closed).toMatchObject({ code: 1009 });
    expect(upload.connection.readyState).toBe(1);
  });

  test("answers a WebSocket at neither path with 404", async () => {
    await using example = await ExampleProcess.serve("two-paths.ts");
    const opening = openClient(`ws://localhost:${example.port}/`);
    await expect(opening).rejects.toMatchObject({ cause: { status: 404 } });
  });
});

describe("foreign-upgrade.ts", () => {
  test("leaves the upgrade of another protocol to its listener", async () => {
    await using example = await ExampleProcess.serve("foreign-upgrade.ts");
    const headers = { Connection: "Upgrade", Upgrade: "shout/1" };
    const foreign = request(`http://localhost:${example.port}/echo`, { headers }).end();
    const [response, socket] = (await once(foreign, "upgrade")) as [IncomingMessage, Socket];
    expect(response.headers.upgrade).toBe("shout/1");
    socket.write("is this WebSocket?");
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    expect(answer.toString("utf8")).toBe("IS THIS WEBSOCKET?");
  });

  test("still speaks WebSocket at its own path", async () => {
    await using example = await ExampleProcess.serve("foreign-upgrade.ts");
    const client = await openClient(`ws://localhost:${example.port}/echo`);
    client.connection.send("hello");
    expect(await client.nextMessage()).toBe("hello");
  });

  test("answers what nobody takes", async () => {
    await using example = await ExampleProcess.serve("foreign-upgrade.ts");
    const response = await get(`http://localhost:${example.port}/`, {
      Connection: "Upgrade",
      Upgrade: "x/1",
    });
    expect(response.statusCode).toBe(501);
  });
});

async function get(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const sent = request(url, { headers, agent: false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response;
}
