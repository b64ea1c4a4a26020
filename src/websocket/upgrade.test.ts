import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { Fields } from "../../test/raw-peer/http-head.ts";
import { connectRaw, formatRequest, requestRaw } from "../../test/raw-peer/raw-client.ts";
import { hear } from "../../test/websocket/hear.ts";
import { listen, type TestListener } from "../../test/websocket/line.ts";
import { type UpgradeRequest, WebSocket, WebSocketServer, type WebSocketServerOptions } from "./index.ts";

interface Answer {
  status: number;
  body: string;
  field: (name: string) => string | undefined;
}

/** What a handshake is answered with; the whole of it where it is refused. */
async function ask(port: number, fields: Fields = {}, startLine = "GET /chat?x=1 HTTP/1.1"): Promise<Answer> {
  const { peer, response } = await requestRaw(port, { fields, startLine });
  const body = response.status === 101 ? "" : (await peer.stream.rest()).toString();
  await peer[Symbol.asyncDispose]();
  return { status: response.status, body, field: (name) => response.field(name) };
}

async function answerOf(
  options: WebSocketServerOptions,
  fields: Fields = {},
): Promise<Answer & TestListener> {
  await using listener = await listen(options);
  return { ...listener, ...(await ask(listener.port, fields)) };
}

/** A `verifyClient` that tells when it was asked, and answers when the test does. */
function slowVerdict() {
  const [asked, verdict] = [Promise.withResolvers<void>(), Promise.withResolvers<boolean>()];
  const verifyClient = (): Promise<boolean> => {
    asked.resolve();
    return verdict.promise;
  };
  return { asked, verdict, verifyClient };
}

describe("verifyClient", () => {
  test("sees the request", async () => {
    let seen: UpgradeRequest | undefined;
    const { status, port } = await answerOf(
      {
        verifyClient: (request) => {
          seen = request;
          return true;
        },
      },
      { "X-Token": "a", cookie: ["b=1", "c=2"] },
    );
    expect(status).toBe(101);
    expect(seen).toMatchObject({
      method: "GET",
      url: "/chat?x=1",
      remoteAddress: "127.0.0.1",
      encrypted: false,
    });
    expect(seen?.headers.get("x-token")).toBe("a");
    expect(seen?.headers.get("cookie")).toBe("b=1; c=2");
    expect(seen?.headers.get("host")).toBe(`127.0.0.1:${port}`);
    expect(seen?.incoming).toBeUndefined();
  });

  test("refuses with 401 by false, at once or later", async () => {
    expect(await answerOf({ verifyClient: () => false })).toMatchObject({ status: 401 });
    expect(await answerOf({ verifyClient: () => Promise.resolve(false) })).toMatchObject({ status: 401 });
    expect(await answerOf({ verifyClient: () => Promise.resolve(true) })).toMatchObject({ status: 101 });
  });

  test("refuses with a status, a sentence and headers of its own", async () => {
    const refusal = { status: 429, message: "Too many.", headers: { "Retry-After": "3" } };
    const { status, body, field } = await answerOf({ verifyClient: () => refusal });
    expect([status, body, field("retry-after")]).toEqual([429, "Too many.\n", "3"]);
  });

  test.each([
    ["throws", () => Promise.reject(new Error("the password is secret"))],
    ["returns nothing", () => undefined as unknown as boolean],
    ["returns null", () => null as unknown as boolean],
    ["returns an empty string", () => "" as unknown as boolean],
    ["returns a text", () => "token" as unknown as boolean],
    ["returns a status that refuses nothing", () => ({ status: 200, message: "secret" })],
    ["returns a header that is none", () => ({ status: 403, message: "", headers: { "secret\n": "" } })],
  ])(
    "that %s lets nobody in and tells nobody why: 500, and a line in the log",
    async (_name, verifyClient) => {
      const { status, body, warnings } = await answerOf({ verifyClient });
      expect([status, body]).toEqual([500, "The server failed while it handled this handshake.\n"]);
      expect(warnings).toEqual([expect.stringContaining("A handshake failed: ")]);
    },
  );

  test("is not asked about a request that is refused anyway", async () => {
    let count = 0;
    const options = {
      path: "/chat",
      verifyClient: () => {
        count++;
        return true;
      },
    };
    await using listener = await listen(options);
    expect(await ask(listener.port, {}, "GET /other HTTP/1.1")).toMatchObject({ status: 404 });
    expect(await ask(listener.port, { Origin: "https://other.example" })).toMatchObject({ status: 403 });
    expect(await ask(listener.port, { "Sec-WebSocket-Version": "12" })).toMatchObject({ status: 426 });
    expect(count).toBe(0);
  });

  test("of a client that has gone meanwhile: its connection ends at once", async () => {
    const { asked, verdict, verifyClient } = slowVerdict();
    await using listener = await listen({ verifyClient });
    const closed = new Promise((resolve) => {
      listener.server.onconnection = ({ socket }) => socket.addEventListener("close", resolve);
    });
    const client = new WebSocket(listener.url);
    await asked.promise;
    client.terminate();
    await hear(client, "close");
    verdict.resolve(true);
    expect(await closed).toMatchObject({ code: 1006 });
    expect(listener.server.clients.size).toBe(0);
  });
});

describe("a client that ends its own direction while verifyClient decides", () => {
  test("gets its answer, and then the end", async () => {
    const { asked, verdict, verifyClient } = slowVerdict();
    await using listener = await listen({ verifyClient });
    const closed = new Promise((resolve) => {
      listener.server.onconnection = ({ socket }) => {
        socket.send("welcome");
        socket.addEventListener("close", resolve);
      };
    });
    await using peer = await connectRaw(listener.port);
    peer.write(formatRequest(listener.port));
    await asked.promise;
    peer.stream.socket.end();
    await once(peer.stream.socket, "finish");
    // The end has come when something sent after it has been answered.
    expect(await ask(listener.port, {}, "POST / HTTP/1.1")).toMatchObject({ status: 405 });
    verdict.resolve(true);
    expect((await peer.readHead()).status).toBe(101);
    expect((await peer.stream.rest()).subarray(2).toString()).toBe("welcome");
    expect(await closed).toMatchObject({ code: 1006 });
  });
});

describe("a function that must be synchronous", () => {
  const rejects = (): never => Promise.reject(new Error("secret")) as never;
  const fields = { Origin: "https://a.example", "Sec-WebSocket-Protocol": "chat" };

  test.each<[string, number, WebSocketServerOptions]>([
    ["origins", 403, { origins: rejects }],
    ["handleProtocols", 500, { origins: "*", handleProtocols: rejects }],
  ])(
    "%s: its promise lets nobody in, is named in the log, and may be rejected",
    async (name, code, options) => {
      const unhandled: unknown[] = [];
      const note = (error: unknown) => void unhandled.push(error);
      process.on("unhandledRejection", note);
      const { status, body, warnings } = await answerOf(options, fields);
      process.off("unhandledRejection", note);
      expect(status).toBe(code);
      expect(body).not.toContain("secret");
      expect(warnings).toEqual([
        expect.stringMatching(
          `TypeError: .*${name} returned a Promise; it must be synchronous, use verifyClient`,
        ),
      ]);
      expect(unhandled).toEqual([]);
    },
  );

  test("a thenable of another kind counts as a promise", async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what the function may return
    const thenable = { then: (resolve: (value: string) => void) => resolve("chat") };
    const options = { origins: "*" as const, handleProtocols: () => thenable as unknown as string };
    expect(await answerOf(options, fields)).toMatchObject({ status: 500 });
  });
});

describe("handleProtocols", () => {
  const offer = { "Sec-WebSocket-Protocol": "chat, superchat" };

  test("a list: the first that the client offers", async () => {
    const { field } = await answerOf({ handleProtocols: ["other", "superchat", "chat"] }, offer);
    expect(field("sec-websocket-protocol")).toBe("chat");
  });

  test("a function sees what is offered and chooses", async () => {
    let seen: unknown;
    const handleProtocols = (protocols: Set<string>, request: UpgradeRequest): string => {
      seen = [...protocols, request.url];
      return "superchat";
    };
    const { field } = await answerOf({ handleProtocols }, offer);
    expect(field("sec-websocket-protocol")).toBe("superchat");
    expect(seen).toEqual(["chat", "superchat", "/chat?x=1"]);
  });

  test.each<[string, WebSocketServerOptions["handleProtocols"]]>([
    ["is absent", undefined],
    ["has none of them", ["other"]],
    ["says false", () => false],
  ])("chooses none where it %s", async (_name, handleProtocols) => {
    const { status, field } = await answerOf({ handleProtocols }, offer);
    expect([status, field("sec-websocket-protocol")]).toEqual([101, undefined]);
  });

  test("is not asked where nothing is offered", async () => {
    const handleProtocols = (): never => {
      throw new Error("asked");
    };
    expect(await answerOf({ handleProtocols })).toMatchObject({ status: 101 });
  });

  test.each([
    ["chooses what was not offered", () => "other"],
    ["returns nothing", () => undefined as unknown as string],
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
  ])("that %s fails the handshake with 500", async (_name, handleProtocols) => {
    const { status, warnings } = await answerOf({ handleProtocols }, offer);
    expect(status).toBe(500);
    expect(warnings).toHaveLength(1);
  });
});

describe("origins", () => {
  test("another origin is refused, and told what would allow it", async () => {
    const { status, body } = await answerOf({}, { Origin: "https://other.example" });
    expect(status).toBe(403);
    expect(body).toContain('origins: ["https://other.example"]');
  });

  test("the server's own passes", async () => {
    await using listener = await listen();
    expect(await ask(listener.port, { Origin: `http://127.0.0.1:${listener.port}` })).toMatchObject({
      status: 101,
    });
  });

  test("a function decides with the request at hand", async () => {
    const origins = (origin: string, { headers }: UpgradeRequest): boolean =>
      origin === "https://a.example" && headers.get("x-token") === "1";
    await using listener = await listen({ origins });
    const asked = [{ "X-Token": "1" }, {}].map((fields) =>
      ask(listener.port, { Origin: "https://a.example", ...fields }),
    );
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([101, 403]);
  });

  test("a function that throws lets nobody in", async () => {
    const origins = (): boolean => {
      throw new Error("secret");
    };
    const { status, body } = await answerOf({ origins }, { Origin: "https://a.example" });
    expect(status).toBe(500);
    expect(body).not.toContain("secret");
  });
});

describe("path", () => {
  test.each([
    ["GET /chat HTTP/1.1", 101],
    ["GET /chat?room=1 HTTP/1.1", 101],
    ["GET http://127.0.0.1/chat HTTP/1.1", 101],
    ["GET /chat/ HTTP/1.1", 404],
    ["GET /Chat HTTP/1.1", 404],
    ["GET //chat HTTP/1.1", 404],
    ["GET / HTTP/1.1", 404],
  ])("of /chat: %s is %d, on a listener of its own and on an HTTP server", async (startLine, status) => {
    await using listener = await listen({ path: "/chat" });
    expect(await ask(listener.port, {}, startLine)).toMatchObject({ status });
    const http = createServer();
    await using _engine = new WebSocketServer({ server: http, path: "/chat" });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    expect(await ask((http.address() as AddressInfo).port, {}, startLine)).toMatchObject({ status });
    http.close();
  });
});
