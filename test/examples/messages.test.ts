import { createHash, randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { WebSocket, type WebSocketConnection } from "../../src/websocket/index.ts";
import { openClient } from "../interop/open-client.ts";
import { ExampleProcess } from "./example-process.ts";

const fileBytes = 48 * 1024 * 1024;

describe("echo.ts", () => {
  test("sends back text and binary in order", async () => {
    await using example = await ExampleProcess.serve("echo.ts");
    const client = await openClient(`ws://localhost:${example.port}`);
    client.connection.send("one");
    client.connection.send(Buffer.from([2]));
    expect(await client.nextMessages(2)).toEqual(["one", Buffer.from([2])]);
  });
});

describe("chat.ts", () => {
  test("takes no more than 20 lines", async () => {
    const text = await readFile(new URL("../../examples/chat.ts", import.meta.url), "utf8");
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
  });

  test("lets all in a room hear what one says, and nobody else", async () => {
    await using example = await ExampleProcess.serve("chat.ts");
    const url = `ws://localhost:${example.port}`;
    const ada = await openClient(`${url}/garden`);
    const alone = await openClient(`${url}/attic`);
    const bob = await openClient(`${url}/garden`);
    expect(await ada.nextMessage()).toBe("Somebody came in.");
    ada.connection.send("Hello");
    expect(await bob.nextMessage()).toBe("Hello");
    bob.connection.close();
    expect(await ada.nextMessages(2)).toEqual(["Hello", "Somebody left."]);
    expect(alone.messages).toEqual([]);
  });
});

describe("subprotocol.ts", () => {
  test.each([
    { protocols: ["clock.v1", "clock.v2"], chosen: "clock.v1", message: /^\d{4}-\d\d-\d\dT/ },
    { protocols: ["clock.v3", "clock.v2"], chosen: "clock.v2", message: /^\{"now":".*","zone":"UTC"\}$/ },
  ])("speaks $chosen to whoever offers $protocols", async ({ protocols, chosen, message }) => {
    await using example = await ExampleProcess.serve("subprotocol.ts");
    const client = await openClient(`ws://localhost:${example.port}`, { protocols });
    expect(client.connection.protocol).toBe(chosen);
    expect(await client.nextMessage()).toMatch(message);
  });

  test("closes a connection without a subprotocol with 1008", async () => {
    await using example = await ExampleProcess.serve("subprotocol.ts");
    const client = await openClient(`ws://localhost:${example.port}`);
    expect(await client.closed).toMatchObject({
      code: 1008,
      reason: expect.stringMatching("clock.v2") as string,
    });
  });
});

describe("backpressure.ts", () => {
  test("keeps a reader that pauses and loses no byte, while another reads the whole file", async () => {
    await using file = await BigFile.create();
    await using example = await ExampleProcess.serve("backpressure.ts", { FILE: file.path });
    const url = `ws://localhost:${example.port}`;
    const { connection: slow } = await openClient(url);
    slow.pause();
    slow.send("please");
    // Three times what may wait for a connection (bufferedBytesMax) passes by the paused one.
    const { connection: fast } = await openClient(url);
    fast.send("please");
    expect(await download(fast)).toBe(file.sha256);
    expect(slow.readyState).toBe(WebSocket.OPEN);
    const rest = download(slow);
    slow.resume();
    expect(await rest).toBe(file.sha256);
  });
});

/** The hash of what comes before the end is announced. */
function download(socket: WebSocketConnection): Promise<string> {
  const hash = createHash("sha256");
  socket.binaryType = "nodebuffer";
  return new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") hash.update(data as Buffer);
      else resolve(hash.digest("hex"));
    };
    socket.onclose = ({ code }) => reject(new Error(`Closed with ${code} before the end of the file`));
  });
}

class BigFile implements AsyncDisposable {
  readonly path = join(tmpdir(), `ropeway-example-${process.pid}-${Date.now()}`);
  readonly sha256: string;

  private constructor(bytes: Buffer) {
    this.sha256 = createHash("sha256").update(bytes).digest("hex");
  }

  static async create(): Promise<BigFile> {
    const bytes = randomBytes(fileBytes);
    const file = new BigFile(bytes);
    await writeFile(file.path, bytes);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path);
  }
}
