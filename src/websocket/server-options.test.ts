import { createServer } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { connect, listen } from "../../test/websocket/line.ts";
import { WebSocket, websocketLimits, WebSocketServer, type WebSocketServerOptions } from "./index.ts";
import { checkLimits } from "./option-checks.ts";

type Options = Record<string, unknown>;

const wrongForServers: [options: Options, kind: typeof TypeError, message: string][] = [
  [{ port: "8080" }, TypeError, 'port is "8080"; it is a number'],
  [{ port: 65_536 }, RangeError, "port is 65536; it is a whole number from 0 to 65535"],
  [{ port: -1 }, RangeError, "port is -1; it is a whole number from 0 to 65535"],
  [{ port: 80.5 }, RangeError, "port is 80.5; it is a whole number from 0 to 65535"],
  [{ port: Number.NaN }, RangeError, "port is NaN"],
  [{ host: 1 }, TypeError, "host is 1; it is a name or an address"],
  [{ backlog: 0 }, TypeError, "backlog is 0; it is a whole number from 1"],
  [{ port: 0, tls: true }, TypeError, "tls is true; it is an object of TLS options"],
  [{ server: {} }, TypeError, "server is an object; it is an http.Server or https.Server"],
  [{ server: null }, TypeError, "server is null"],
  [{ port: 0, server: createServer() }, TypeError, "both were given"],
  [{ path: "live" }, TypeError, 'path is "live"; it is text that begins with "/" and has no "?" and no "#"'],
  [{ path: "/live?x" }, TypeError, 'path is "/live?x"'],
  [{ path: 5 }, TypeError, "path is 5"],
  [{ handleProtocols: "chat" }, TypeError, 'handleProtocols is "chat"; it is a function, or a list'],
  [{ handleProtocols: ["a b"] }, TypeError, "handleProtocols is an object"],
  [{ handleProtocols: [1] }, TypeError, "handleProtocols is an object"],
  [{ verifyClient: true }, TypeError, "verifyClient is true; it is a function"],
  [{ log: {} }, TypeError, "log is an object; it is an object with a function warn"],
  [{ origins: "https://a.example" }, TypeError, "origins"],
];

const wrongForBoth: typeof wrongForServers = [
  [{ perMessageDeflate: "yes" }, TypeError, 'perMessageDeflate is "yes"; it is true, false or an object'],
  [{ perMessageDeflate: { level: 10 } }, RangeError, "perMessageDeflate.level is 10"],
  [{ maxPayload: "1" }, TypeError, 'maxPayload is "1"; it is a number of bytes'],
  [{ maxPayload: -1 }, RangeError, "maxPayload is -1 bytes; it is a whole number from 0, or Infinity"],
  [
    { handshakeTimeout: Infinity },
    RangeError,
    "handshakeTimeout is Infinity ms; it is a whole number from 0 to 2147483647",
  ],
];

describe("a wrong option is an error that names it, what was given and what is allowed", () => {
  test.each([...wrongForServers, ...wrongForBoth])("of a server: %o", (options, kind, message) => {
    const create = (): WebSocketServer => new WebSocketServer(options);
    expect(create).toThrow(kind);
    expect(create).toThrow(message);
  });

  test.each(wrongForBoth)("of a client: %o", (options, kind, message) => {
    const create = (): WebSocket => new WebSocket("ws://127.0.0.1:1/", [], options);
    expect(create).toThrow(kind);
    expect(create).toThrow(message);
  });

  test.each<WebSocketServerOptions>([{ maxPayload: -1 }, { port: 0, tls: { cert: "no certificate" } }])(
    "and no timer is left behind: %j",
    (options) => {
      vi.useFakeTimers({ toFake: ["setInterval", "setTimeout"] });
      expect(() => new WebSocketServer(options)).toThrow(Error);
      expect(vi.getTimerCount()).toBe(0);
      vi.useRealTimers();
    },
  );
});

describe("limits", () => {
  const limits = { bytes: { ...websocketLimits.readAheadBytesMax }, ms: { ...websocketLimits.closeTimeout } };

  test("are as given or by default", () => {
    expect(checkLimits({}, limits)).toEqual({ bytes: 262_144, ms: 10_000 });
    expect(checkLimits({ bytes: 0, ms: 0 }, limits)).toEqual({ bytes: 0, ms: 0 });
    expect(checkLimits({ bytes: Infinity, ms: 2 ** 31 - 1 }, limits)).toEqual({
      bytes: Infinity,
      ms: 2 ** 31 - 1,
    });
  });

  test.each([{ bytes: 0.5 }, { bytes: Number.NaN }, { bytes: -Infinity }, { ms: 2 ** 31 }, { ms: -1 }])(
    "%j is out of range",
    (options) => {
      expect(() => checkLimits(options, limits)).toThrow(RangeError);
    },
  );

  test.each(Object.entries(websocketLimits))(
    "%s has a default, a unit and says what happens past it",
    (_name, limit) => {
      expect(limit.default).toBeGreaterThan(0);
      for (const text of [limit.unit, limit.where, limit.description, limit.past]) expect(text).not.toBe("");
    },
  );
});

test("a server without a port or a server listens nowhere", async () => {
  await using server = new WebSocketServer();
  await server.listening;
  expect(server.address()).toBeNull();
});

test("what is undefined is not given", async () => {
  const options = {
    path: undefined,
    handleProtocols: undefined,
    verifyClient: undefined,
    maxPayload: undefined,
  };
  await using listener = await listen({ ...options, host: "127.0.0.1" });
  const client = await connect(listener.url, { maxPayload: undefined, headers: undefined });
  expect(client.readyState).toBe(1);
  client.terminate();
});
