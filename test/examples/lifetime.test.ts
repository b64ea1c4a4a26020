import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocketServer } from "../../src/websocket/index.ts";
import { openClient } from "../interop/open-client.ts";
import { ExampleProcess } from "./example-process.ts";

describe("authentication.ts", () => {
  test("lets in whom the cookie of a login names", async () => {
    await using example = await ExampleProcess.serve("authentication.ts");
    const login = await fetch(`http://localhost:${example.port}/login`, { method: "POST" });
    const cookie = login.headers.get("set-cookie")!.split(";")[0]!;
    const client = await openClient(`ws://localhost:${example.port}`, { headers: { Cookie: cookie } });
    expect(await client.nextMessage()).toBe("Hello, Ada");
  });

  test("lets in whom a token in a header names", async () => {
    await using example = await ExampleProcess.serve("authentication.ts", { TOKEN: "t0k3n" });
    const headers = { Authorization: "Bearer t0k3n" };
    const client = await openClient(`ws://localhost:${example.port}`, { headers });
    expect(await client.nextMessage()).toBe("Hello, the robot");
  });

  test.each([
    ["nobody", {}, 401],
    ["a wrong token", { Authorization: "Bearer guessed" }, 401],
    ["a cookie of no session", { Cookie: "session=guessed" }, 401],
    [
      "a page of another site, token or not",
      { Origin: "https://other.example", Authorization: "Bearer t" },
      403,
    ],
  ])("refuses %s", async (_, headers, status) => {
    await using example = await ExampleProcess.serve("authentication.ts", { TOKEN: "t" });
    const opening = openClient(`ws://localhost:${example.port}`, { headers });
    await expect(opening).rejects.toMatchObject({ cause: { status } });
  });
});

describe("graceful-shutdown.ts", () => {
  test("answers what is under way, says 1001 and ends by itself", async () => {
    await using example = await ExampleProcess.serve("graceful-shutdown.ts");
    const client = await openClient(`ws://localhost:${example.port}`);
    client.connection.send("the last words");
    const pong = client.nextPong();
    client.connection.ping();
    await pong;
    example.child.kill("SIGTERM");
    expect(await client.nextMessage()).toBe("saved the last words");
    expect(await client.closed).toEqual({ code: 1001, reason: "The server is stopping", wasClean: true });
    expect(await example.ended).toBe(0);
    expect(example.output).toMatch(/Saved the last words\nStopped\n$/);
  });
});

describe("client.ts", () => {
  test("comes back when the line breaks, and asks for what it missed", async () => {
    await using server = new WebSocketServer({ port: 0 });
    await server.listening;
    const asked: unknown[] = [];
    server.onconnection = ({ socket, request }) => {
      socket.onmessage = ({ data }) => {
        asked.push(JSON.parse(data as string), request.headers.get("authorization"));
        socket.send(`{"number":${asked.length + 40}}`);
        if (asked.length > 2) socket.close(4000, "enough");
        else
          socket.writable().then(
            () => socket.terminate(),
            () => {},
          );
      };
    };
    const { port } = server.address() as AddressInfo;
    const env = { URL: `ws://localhost:${port}/`, TOKEN: "t" };
    await using example = ExampleProcess.run("client.ts", env);
    await example.waitFor(/Closed: 4000 enough/);
    expect(asked.slice(0, 4)).toEqual([{ after: 0 }, "Bearer t", { after: 42 }, "Bearer t"]);
    expect(example.output).toMatch(/Received 42\n(.*\n)*Closed: 1006 \n(.*\n)*Received 44\n/);
  });

  test("goes on trying while there is no server", async () => {
    const server = new WebSocketServer({ port: 0 });
    await server.listening;
    const { port } = server.address() as AddressInfo;
    await server.close();
    await using example = ExampleProcess.run("client.ts", { URL: `ws://localhost:${port}/` });
    await example.waitFor(/(Trouble: .*\nClosed: 1006 \n){3}/);
    expect(example.child.exitCode).toBeNull();
  });
});
