import { expect, test } from "vitest";
import { WebSocket } from "../../src/websocket/index.ts";
import { acceptFor, type Fields } from "../raw-peer/http-head.ts";
import { Observed } from "../raw-peer/observed.ts";
import { answer, RawServer } from "../raw-peer/raw-server.ts";

/** How a client that offers `chat` takes an answer whose head is changed. */
async function outcomeOf(
  fields: Fields,
  statusLine?: string,
  protocols: string[] = [],
): Promise<"opened" | "failed"> {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url(), protocols));
  const { peer, request } = await server.acceptRequest();
  answer(peer, request, statusLine === undefined ? { fields } : { fields, statusLine });
  const outcome = await Promise.race([engine.opened.then(() => "opened" as const), engine.closed]);
  if (outcome === "opened") return outcome;
  expect(outcome).toEqual({ code: 1006, reason: "", wasClean: false });
  expect(engine.errors).toHaveLength(1);
  await peer.ended;
  return "failed";
}

test.each([
  "200 OK",
  "301 Moved Permanently",
  "401 Unauthorized",
  "404 Not Found",
  "426 Upgrade Required",
  "503 Unavailable",
  "100 Continue",
])("[6455-4.1-33 client] does not open on the status %s", async (status) => {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url()));
  const { peer, request } = await server.acceptRequest();
  const headers = { "Content-Length": status.startsWith("1") ? undefined : "0", Location: "/elsewhere" };
  answer(peer, request, { statusLine: `HTTP/1.1 ${status}`, fields: headers });
  peer.end();
  expect((await engine.closed).code).toBe(1006);
  expect(server.opened).toBe(1);
});

test("[6455-4.1-33 client] passes over an interim response, as HTTP says", async () => {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url()));
  const { peer, request } = await server.acceptRequest();
  peer.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  answer(peer, request);
  await engine.opened;
  expect(engine.connection.readyState).toBe(WebSocket.OPEN);
});

test.each([undefined, "", "websockets", "h2c", "websocket, h2c"])(
  "[6455-4.1-34 client] fails on the Upgrade field %j",
  async (upgrade) => {
    expect(await outcomeOf({ Upgrade: upgrade })).toBe("failed");
  },
);

test("[6455-4.1-34 client] takes the Upgrade field in any case", async () => {
  expect(await outcomeOf({ Upgrade: "WebSocket" })).toBe("opened");
});

test.each([undefined, "", "close", "Upgrades", "keep-alive"])(
  "[6455-4.1-35 client] fails on the Connection field %j",
  async (connection) => {
    expect(await outcomeOf({ Connection: connection })).toBe("failed");
  },
);

test.each(["upgrade", "UPGRADE", "keep-alive, Upgrade"])(
  "[6455-4.1-35 client] takes the Connection field %j",
  async (connection) => {
    expect(await outcomeOf({ Connection: connection })).toBe("opened");
  },
);

test.each([undefined, "", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "nonsense"])(
  "[6455-4.1-36 client] fails on the Sec-WebSocket-Accept field %j",
  async (accept) => {
    expect(await outcomeOf({ "Sec-WebSocket-Accept": accept })).toBe("failed");
  },
);

test("[6455-4.1-36 client] ignores white space around Sec-WebSocket-Accept, but not its case", async () => {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url()));
  const { peer, request } = await server.acceptRequest();
  const accept = acceptFor(request.field("sec-websocket-key")!);
  answer(peer, request, { fields: { "Sec-WebSocket-Accept": ` \t${accept}\t ` } });
  await engine.opened;
  const other = new Observed(new WebSocket(server.url()));
  const next = await server.acceptRequest();
  const wrong = acceptFor(next.request.field("sec-websocket-key")!).toLowerCase();
  answer(next.peer, next.request, { fields: { "Sec-WebSocket-Accept": wrong } });
  expect((await other.closed).code).toBe(1006);
});

test.each(["permessage-deflate", "x-unknown", "permessage-deflate; server_no_context_takeover, x-unknown"])(
  "[6455-4.1-37 client] fails on the extension %s, which it did not offer",
  async (extensions) => {
    expect(await outcomeOf({ "Sec-WebSocket-Extensions": extensions })).toBe("failed");
  },
);

test.each(["other", "CHAT", "chat, other"])(
  "[6455-4.1-38 client] fails on the subprotocol %s, as it offered chat",
  async (protocol) => {
    expect(await outcomeOf({ "Sec-WebSocket-Protocol": protocol }, undefined, ["chat"])).toBe("failed");
  },
);

test("[6455-4.1-38 client] fails on a subprotocol when it offered none", async () => {
  expect(await outcomeOf({ "Sec-WebSocket-Protocol": "chat" })).toBe("failed");
});

test("takes a subprotocol that it offered", async () => {
  expect(await outcomeOf({ "Sec-WebSocket-Protocol": "chat" }, undefined, ["other", "chat"])).toBe("opened");
});

test.each<[what: string, fields: Fields, statusLine?: string]>([
  ["HTTP/1.0", {}, "HTTP/1.0 101 Switching Protocols"],
  ["no status line", {}, "101 Switching Protocols"],
  ["a status of two digits", {}, "HTTP/1.1 10 Switching Protocols"],
  ["a field name with a space", { "X Bad": "1" }],
  ["a field without a name", { "": "1" }],
])("[6455-4.1-39 client] fails on a response with %s", async (_what, fields, statusLine) => {
  expect(await outcomeOf(fields, statusLine)).toBe("failed");
});

test.each<[what: string, field: string | string[]]>([
  ["two Sec-WebSocket-Protocol fields", ["chat", "chat"]],
  ["an empty Sec-WebSocket-Protocol field", ""],
])("[6455-4.1-39 client] fails on a response with %s", async (_what, field) => {
  expect(await outcomeOf({ "Sec-WebSocket-Protocol": field }, undefined, ["chat"])).toBe("failed");
});

test("[6455-4.1-39 client] fails on a response with two Sec-WebSocket-Accept fields, though both are right", async () => {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url()));
  const { peer, request } = await server.acceptRequest();
  const accept = acceptFor(request.field("sec-websocket-key")!);
  answer(peer, request, { fields: { "Sec-WebSocket-Accept": [accept, accept] } });
  expect((await engine.closed).code).toBe(1006);
});

test("[6455-4.1-39 client] fails on a response that is no HTTP at all", async () => {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url()));
  const { peer } = await server.acceptRequest();
  peer.write(Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x0d, 0x0a, 0x0d, 0x0a]));
  expect((await engine.closed).code).toBe(1006);
});
