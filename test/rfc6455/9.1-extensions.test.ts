import { describe, expect, test } from "vitest";
import { WebSocket, type WebSocketServerOptions } from "../../src/websocket/index.ts";
import { Observed } from "../raw-peer/observed.ts";
import { openPair } from "../raw-peer/open-pair.ts";
import { requestRaw } from "../raw-peer/raw-client.ts";
import { RawServer } from "../raw-peer/raw-server.ts";
import { fronts, TestServer } from "../raw-peer/test-server.ts";

const malformed = [
  ";",
  "permessage-deflate; =1",
  "permessage deflate",
  'permessage-deflate; a="b c"',
  'permessage-deflate; a="',
  "a/b",
];

/** The parameters that RFC 7692 §7.1 defines, as an offer may have them. */
const parameter =
  /^(?:(?:server|client)_no_context_takeover|server_max_window_bits=(?:[89]|1[0-5])|client_max_window_bits(?:=(?:[89]|1[0-5]))?)$/;

function expectDefinedParameters(extensions: string): void {
  const [name, ...parameters] = extensions.split(/\s*;\s*/);
  expect(name).toBe("permessage-deflate");
  for (const each of parameters) expect(each).toMatch(parameter);
  expect(new Set(parameters.map((each) => each.split("=")[0])).size).toBe(parameters.length);
}

const optionSets: WebSocketServerOptions["perMessageDeflate"][] = [
  true,
  { serverNoContextTakeover: false, clientNoContextTakeover: false },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  { serverMaxWindowBits: 10, clientMaxWindowBits: 9 },
  { serverMaxWindowBits: 15, clientMaxWindowBits: 15 },
];

/** A client with the option answered by the header: whether it opens. */
async function clientOpens(extensions: string, perMessageDeflate = true): Promise<boolean> {
  await using server = await RawServer.listen();
  const engine = new Observed(new WebSocket(server.url(), [], { perMessageDeflate }));
  await server.acceptWebSocket({ "Sec-WebSocket-Extensions": extensions });
  const outcome = await Promise.race([engine.opened, engine.closed]);
  if (outcome !== undefined) expect(outcome).toEqual({ code: 1006, reason: "", wasClean: false });
  return outcome === undefined;
}

test.each(["", ...malformed])(
  "[6455-9.1-1 client] a client fails on the extensions %j",
  async (extensions) => {
    expect(await clientOpens(extensions)).toBe(false);
  },
);

describe.each(fronts)("a server by its %s", (front) => {
  test.each(["", ...malformed])("[6455-9.1-1 server] refuses the extensions %j", async (extensions) => {
    await using server = await TestServer.listen(front, { perMessageDeflate: true });
    const { peer, response } = await requestRaw(server.port, {
      fields: { "Sec-WebSocket-Extensions": extensions },
    });
    await using _peer = peer;
    expect(response.status).toBe(400);
  });

  test("[6455-9.1-1 server] reads a list that is split over fields like one that is not", async () => {
    await using server = await TestServer.listen(front, { perMessageDeflate: true });
    const fields = {
      "Sec-WebSocket-Extensions": ["x-first; a=1", "permessage-deflate ;\tserver_no_context_takeover"],
    };
    const { peer, response } = await requestRaw(server.port, { fields });
    await using _peer = peer;
    expect(response.field("sec-websocket-extensions")).toMatch(
      /^permessage-deflate; server_no_context_takeover/,
    );
  });

  test.each([
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=12; client_max_window_bits=11",
  ])(
    "[6455-9-2 server] [6455-9.1-3 server] answers %j with parameters that are defined, whatever the options",
    async (offer) => {
      let answers = 0;
      for (const perMessageDeflate of optionSets) {
        await using server = await TestServer.listen(front, { perMessageDeflate });
        const { peer, response } = await requestRaw(server.port, {
          fields: { "Sec-WebSocket-Extensions": offer },
        });
        await using _peer = peer;
        const chosen = response.field("sec-websocket-extensions");
        if (chosen === undefined) continue;
        expectDefinedParameters(chosen);
        answers++;
      }
      expect(answers).toBeGreaterThanOrEqual(4);
    },
  );

  test("[6455-4.3-1 server] takes a quoted parameter that is a token once unescaped, and refuses one that is not", async () => {
    await using server = await TestServer.listen(front, { perMessageDeflate: true });
    const statusFor = async (value: string) => {
      const fields = { "Sec-WebSocket-Extensions": `permessage-deflate; server_max_window_bits=${value}` };
      const { peer, response } = await requestRaw(server.port, { fields });
      await using _peer = peer;
      return [
        response.status,
        response.field("sec-websocket-extensions")?.includes("server_max_window_bits=10") ?? false,
      ];
    };
    expect(await statusFor('"10"')).toEqual([101, true]);
    expect(await statusFor('"1\\0"')).toEqual([101, true]);
    expect(await statusFor('"1 0"')).toEqual([400, false]);
    expect(await statusFor('""')).toEqual([400, false]);
    expect(await statusFor('"10')).toEqual([400, false]);
  });
});

test("[6455-4.3-1 client] a client takes a quoted parameter that is a token once unescaped, and fails on one that is not", async () => {
  expect(await clientOpens('permessage-deflate; server_max_window_bits="1\\0"')).toBe(true);
  expect(await clientOpens('permessage-deflate; server_max_window_bits="1 0"')).toBe(false);
  expect(await clientOpens('permessage-deflate; server_max_window_bits=""')).toBe(false);
});

test("[6455-9-2 client] [6455-9.1-2 client] [6455-9.1-3 client] a client offers a registered extension with defined parameters, whatever the options", async () => {
  for (const perMessageDeflate of optionSets) {
    await using server = await RawServer.listen();
    const engine = new Observed(new WebSocket(server.url(), [], { perMessageDeflate }));
    const { request } = await server.acceptRequest();
    for (const offer of request.field("sec-websocket-extensions")!.split(/\s*,\s*/))
      expectDefinedParameters(offer);
    engine.connection.close();
  }
});

test("[6455-9.1-3 client] a client fails on a parameter that the extension does not define", async () => {
  expect(await clientOpens("permessage-deflate; x=1")).toBe(false);
});

test("[6455-9.1-4 client] a client that offered compression does not use it unless the server accepts", async () => {
  await using pair = await openPair("client", { options: { perMessageDeflate: { threshold: 0 } } });
  pair.engine.connection.send("a".repeat(5000));
  const frame = await pair.peer.readFrame();
  expect([frame.rsv, frame.payload.length]).toEqual([0, 5000]);
});
