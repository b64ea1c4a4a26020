import { describe, expect, test } from "vitest";
import { connect, type ConnectOptions, type Connection } from "../../src/client/index.ts";
import { WebSocket } from "../../src/websocket/index.ts";
import { ExampleProcess } from "./example-process.ts";

/** A client whose network can be cut, and what it heard. */
function client(port: number, options: ConnectOptions = {}) {
  const sockets: WebSocket[] = [];
  class CuttableWebSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  const connection = connect(`http://localhost:${port}`, { ...options, WebSocket: CuttableWebSocket });
  const heard: unknown[] = [];
  connection.onmessage = ({ data }) => void heard.push(data);
  return { connection, heard, cut: () => sockets.at(-1)!.terminate() };
}

function closeOf(connection: Connection): Promise<{ code: number }> {
  return new Promise((resolve) => {
    connection.onclose = resolve;
  });
}

describe("sessions.ts", () => {
  test("lets everybody hear everything, who was cut off, too", async () => {
    await using example = await ExampleProcess.serve("sessions.ts");
    const [ada, bob] = [client(example.port), client(example.port)];
    for (const { connection } of [ada, bob]) await expect.poll(() => connection.readyState).toBe(1);
    ada.connection.send("one");
    await expect.poll(() => bob.heard).toEqual(["one"]);
    bob.cut();
    ada.connection.send("two");
    bob.connection.send("three");
    await expect.poll(() => bob.heard.length).toBe(3);
    await expect.poll(() => new Set(ada.heard)).toEqual(new Set(["one", "two", "three"]));
    for (const { connection } of [ada, bob]) connection.close();
  });

  test("has a page that loads the client", async () => {
    await using example = await ExampleProcess.serve("sessions.ts");
    const page = await fetch(`http://localhost:${example.port}/`);
    expect(await page.text()).toContain('from "/ropeway/client.js"');
    const script = await fetch(`http://localhost:${example.port}/ropeway/client.js`);
    expect(script.headers.get("access-control-allow-origin")).toBe("*");
  });
});

describe("sessions-authentication.ts", () => {
  test("knows who it is, and stops whom it does not know", async () => {
    await using example = await ExampleProcess.serve("sessions-authentication.ts", { TOKEN: "t" });
    const ada = client(example.port, { token: () => "t" });
    ada.connection.send("hello");
    await expect.poll(() => ada.heard).toEqual(["saved for Ada"]);
    const online = await fetch(`http://localhost:${example.port}/users-online`);
    expect(await online.json()).toBe(1);
    const stranger = client(example.port, { token: () => "wrong" });
    expect((await closeOf(stranger.connection)).code).toBe(3501);
    ada.connection.terminate();
  });

  test("stops by itself when everything is done", async () => {
    await using example = await ExampleProcess.serve("sessions-authentication.ts", { TOKEN: "t" });
    const ada = client(example.port, { token: () => "t" });
    const gaps: unknown[] = [];
    ada.connection.ongap = (gap) => void gaps.push(gap);
    ada.connection.send("hello");
    await expect.poll(() => ada.heard).toEqual(["saved for Ada"]);
    example.child.kill("SIGTERM");
    expect(await example.ended).toBe(0);
    expect([ada.connection.readyState, gaps]).toEqual([1, []]);
    ada.connection.terminate();
  });
});
