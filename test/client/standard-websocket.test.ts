import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, test } from "vitest";
import { WebSocket } from "../../src/client/index.ts";
import { WebSocketServer } from "../../src/websocket/index.ts";
import { type Place, serve } from "../server/serve.ts";
import { answer, conformanceProtocols as handleProtocols } from "./conformance-peer.ts";
import { conformanceCases } from "./websocket-conformance.ts";

/** A server of sessions, and one that knows nothing of them. */
let place: Place<unknown>;
let plain: WebSocketServer;

beforeAll(async () => {
  place = await serve({ handleProtocols }, answer as Parameters<typeof serve>[1]);
  plain = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/plain", handleProtocols });
  plain.onconnection = ({ socket }) => answer(socket as unknown as Parameters<typeof answer>[0]);
  await new Promise((resolve) => plain.addEventListener("listening", resolve));
});

afterAll(async () => {
  await place[Symbol.asyncDispose]();
  await plain.close({ graceMs: 0 });
});

const classes = [
  ["the platform's WebSocket", globalThis.WebSocket],
  ["ours", WebSocket as unknown as typeof globalThis.WebSocket],
] as const;

/** Where Node's own class does otherwise than the standard says. */
const nodeDeviates: ReadonlySet<string> = new Set([
  "binaryType ignores what it does not know",
  "handler attributes take functions, keep their place, and are null otherwise",
  "close while CONNECTING is an error and a close with 1006",
  "what is sent after close is counted and dropped",
]);

const servers = [
  ["at a server of sessions", () => place.url],
  [
    "at a server that does not know them",
    () => `ws://127.0.0.1:${(plain.address() as AddressInfo).port}/plain`,
  ],
] as const;

for (const [className, Class] of classes) {
  for (const [serverName, url] of servers) {
    describe(`${className}, ${serverName}`, () => {
      for (const one of conformanceCases) {
        const fails = Class === globalThis.WebSocket && nodeDeviates.has(one.name);
        // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the cases have names, and throw
        test(one.name, { fails }, () => one.run(Class, url()));
      }
    });
  }
}
