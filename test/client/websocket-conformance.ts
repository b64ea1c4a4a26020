/**
 * What the standard says of a WebSocket (https://websockets.spec.whatwg.org), as cases that any class can be held to, in
 * Node and in a browser. A case throws where the class does otherwise. The server is `answer` of conformance-peer.ts.
 */

type WebSocketClass = typeof globalThis.WebSocket;

export interface ConformanceCase {
  readonly name: string;
  /** `url` is the server's, without a query; at the path /nowhere it refuses. */
  run(WebSocket: WebSocketClass, url: string): Promise<void> | void;
}

function same(actual: unknown, expected: unknown): void {
  const [found, wanted] = [actual, expected].map((value) => JSON.stringify(value));
  if (found !== wanted) throw new Error(`It is ${found}, and not ${wanted}`);
}

/** The name of what the call throws. */
function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).name;
  }
  return "nothing";
}

function heard<E extends Event>(socket: WebSocket, type: string): Promise<E> {
  return new Promise((resolve) => {
    socket.addEventListener(type, (event) => resolve(event as E), { once: true });
  });
}

async function opened(WebSocket: WebSocketClass, url: string, protocols?: string[]): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols);
  await heard(socket, "open");
  return socket;
}

async function closed(socket: WebSocket): Promise<CloseEvent> {
  const close = heard<CloseEvent>(socket, "close");
  socket.close();
  return close;
}

async function answerTo(
  socket: WebSocket,
  data: string | ArrayBuffer | Uint8Array<ArrayBuffer> | Blob,
): Promise<unknown> {
  const answer = heard<MessageEvent>(socket, "message");
  socket.send(data);
  return (await answer).data;
}

async function bytesIn(data: unknown): Promise<number[]> {
  return [...new Uint8Array(await new Response(data as Blob | ArrayBuffer).arrayBuffer())];
}

/** The types of all events, and the data of messages. */
function journal(socket: WebSocket): string[] {
  const events: string[] = [];
  for (const type of ["open", "error", "close"]) socket.addEventListener(type, () => events.push(type));
  socket.addEventListener("message", ({ data }) => events.push(String(data)));
  return events;
}

const invalidUrls = [
  "ws://",
  "wss://",
  "ftp://localhost/",
  "mailto:a@b",
  "ws://localhost/#x",
  "ws://localhost/#",
];
const invalidProtocols = [[""], ["a b"], ["a", "a"], ["a,b"], ["\u0080"], ["a\t"]];
const invalidCodes = [0, 500, 999, 1001, 1002, 1005, 1006, 1015, 2999, 5000, 65_535];

const construction: ConformanceCase[] = [
  {
    name: "the constructor needs a URL",
    run: (WebSocket) =>
      same(
        thrown(() => new (WebSocket as unknown as new () => unknown)()),
        "TypeError",
      ),
  },
  ...invalidUrls.map((invalid) => ({
    name: `the URL ${invalid} is a SyntaxError`,
    run: (WebSocket: WebSocketClass) =>
      same(
        thrown(() => new WebSocket(invalid)),
        "SyntaxError",
      ),
  })),
  ...invalidProtocols.map((protocols) => ({
    name: `the subprotocols ${JSON.stringify(protocols)} are a SyntaxError`,
    run: (WebSocket: WebSocketClass, url: string) =>
      same(
        thrown(() => new WebSocket(url, protocols)),
        "SyntaxError",
      ),
  })),
  {
    name: "the URL is normalised, and http: is ws:",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(`${url.replace("ws", "http")}?a b`);
      same(socket.url, `${url}?a%20b`);
      await closed(socket);
    },
  },
  {
    name: "a new socket connects, and has the defaults of the standard",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(url);
      const { readyState, bufferedAmount, extensions, protocol, binaryType } = socket;
      same([readyState, bufferedAmount, extensions, protocol, binaryType], [0, 0, "", "", "blob"]);
      same([socket.onopen, socket.onmessage, socket.onerror, socket.onclose], [null, null, null, null]);
      await closed(socket);
    },
  },
  {
    name: "the constants are on the class, on the prototype and on the socket",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(url);
      for (const one of [WebSocket, WebSocket.prototype, socket])
        same([one.CONNECTING, one.OPEN, one.CLOSING, one.CLOSED], [0, 1, 2, 3]);
      await closed(socket);
    },
  },
  {
    name: "it is an EventTarget that calls itself WebSocket",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(url);
      same(
        [socket instanceof EventTarget, Object.prototype.toString.call(socket)],
        [true, "[object WebSocket]"],
      );
      same([WebSocket.length, WebSocket.prototype.send.length, WebSocket.prototype.close.length], [1, 1, 0]);
      await closed(socket);
    },
  },
  {
    name: "attributes are the prototype's, and can be enumerated",
    run: (WebSocket) => {
      const names = [
        "url",
        "readyState",
        "bufferedAmount",
        "onopen",
        "onerror",
        "onclose",
        "extensions",
        "protocol",
      ];
      for (const name of [...names, "close", "onmessage", "binaryType", "send"])
        same(Object.getOwnPropertyDescriptor(WebSocket.prototype, name)?.enumerable, true);
    },
  },
];

const opening: ConformanceCase[] = [
  {
    name: "open comes once, with the state OPEN",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(url);
      const event = await heard(socket, "open");
      same(
        [event.type, event.target === socket, event.bubbles, event.cancelable],
        ["open", true, false, false],
      );
      same(socket.readyState, 1);
      await closed(socket);
    },
  },
  {
    name: "a subprotocol is agreed on",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url, ["chat", "other"]);
      same(socket.protocol, "chat");
      await closed(socket);
    },
  },
  {
    name: "without subprotocols there is none",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      same([socket.protocol, socket.extensions], ["", ""]);
      await closed(socket);
    },
  },
  {
    name: "a handshake that is refused is an error and a close with 1006",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(new URL("/nowhere", url));
      const events = journal(socket);
      const { code, wasClean } = await heard<CloseEvent>(socket, "close");
      same([events, code, wasClean, socket.readyState], [["error", "close"], 1006, false, 3]);
    },
  },
];

const sending: ConformanceCase[] = [
  {
    name: "send throws while CONNECTING, and without an argument",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(url);
      same(
        thrown(() => socket.send("early")),
        "InvalidStateError",
      );
      same(
        thrown(() => (socket as unknown as { send(): void }).send()),
        "TypeError",
      );
      await closed(socket);
    },
  },
  ...["text", "", "grüße 🚠", "x".repeat(100_000)].map((text) => ({
    name: `text comes back: ${JSON.stringify(text.slice(0, 10))}, ${text.length} units`,
    run: async (WebSocket: WebSocketClass, url: string) => {
      const socket = await opened(WebSocket, url);
      same(await answerTo(socket, text), text);
      await closed(socket);
    },
  })),
  {
    name: "a lone surrogate becomes the replacement character",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      same(await answerTo(socket, "a\ud800b"), "a\ufffdb");
      await closed(socket);
    },
  },
  {
    name: "what is no data becomes text",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      same(
        [await answerTo(socket, null as unknown as string), await answerTo(socket, 7 as unknown as string)],
        ["null", "7"],
      );
      await closed(socket);
    },
  },
  {
    name: "binary comes back as a Blob by default, from a buffer, a view and a Blob",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const memory = Uint8Array.of(0, 1, 2, 3);
      for (const data of [
        memory.buffer.slice(1, 3),
        memory.subarray(1, 3),
        new Blob([memory.subarray(1, 3)]),
      ]) {
        const answer = await answerTo(socket, data);
        same([answer instanceof Blob, await bytesIn(answer)], [true, [1, 2]]);
      }
      await closed(socket);
    },
  },
  {
    name: "binary comes as an ArrayBuffer if asked, empty or long",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      socket.binaryType = "arraybuffer";
      for (const length of [0, 1, 70_000]) {
        const answer = await answerTo(socket, new Uint8Array(length).fill(7));
        same([answer instanceof ArrayBuffer, (await bytesIn(answer)).length], [true, length]);
      }
      await closed(socket);
    },
  },
  {
    name: "binaryType ignores what it does not know",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(url);
      socket.binaryType = "arraybuffer";
      socket.binaryType = "ArrayBuffer" as "arraybuffer";
      same(socket.binaryType, "arraybuffer");
      await closed(socket);
    },
  },
  {
    name: "a Blob keeps its place among other messages",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const events = journal(socket);
      socket.send(new Blob(["a".repeat(50_000)]));
      socket.send("after");
      while (events.length < 2) await heard(socket, "message");
      same(events, ["[object Blob]", "after"]);
      await closed(socket);
    },
  },
  {
    name: "many messages keep their order",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const events = journal(socket);
      for (let i = 0; i < 500; i++) socket.send(`${i}`);
      while (events.length < 500) await heard(socket, "message");
      same(
        events,
        Array.from({ length: 500 }, (_, i) => `${i}`),
      );
      await closed(socket);
    },
  },
  {
    name: "bufferedAmount grows with what is sent in one turn",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      socket.send("äö");
      socket.send(Uint8Array.of(1, 2, 3));
      same(socket.bufferedAmount, 7);
      await closed(socket);
    },
  },
];

const receiving: ConformanceCase[] = [
  {
    name: "a message event says where it comes from",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const answer = heard<MessageEvent>(socket, "message");
      socket.send("text");
      const { origin, lastEventId, source, ports, target } = await answer;
      same(
        [origin, lastEventId, source, ports, target === socket],
        [new URL(url).origin, "", null, [], true],
      );
      await closed(socket);
    },
  },
  {
    name: "a message that nobody listens to is gone",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const second = await opened(WebSocket, url);
      socket.send("1");
      socket.send("2");
      for (let i = 0; i < 20; i++) await answerTo(second, "wait");
      const events = journal(socket);
      same([await answerTo(socket, "3"), events], ["3", ["3"]]);
      await Promise.all([closed(socket), closed(second)]);
    },
  },
  {
    name: "listeners are not waited for",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const never = new Promise<void>(() => {});
      socket.onmessage = () => never;
      await answerTo(socket, "1");
      same(await answerTo(socket, "2"), "2");
      await closed(socket);
    },
  },
  {
    name: "handler attributes take functions, keep their place, and are null otherwise",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const order: string[] = [];
      socket.onmessage = () => order.push("replaced");
      socket.addEventListener("message", () => order.push("listener"));
      socket.onmessage = () => order.push("attribute");
      await answerTo(socket, "x");
      socket.onmessage = 7 as unknown as null;
      same([order, socket.onmessage], [["attribute", "listener"], null]);
      await closed(socket);
    },
  },
];

const closing: ConformanceCase[] = [
  ...invalidCodes.map((code) => ({
    name: `close(${code}) is an InvalidAccessError`,
    run: async (WebSocket: WebSocketClass, url: string) => {
      const socket = new WebSocket(url);
      same([thrown(() => socket.close(code)), socket.readyState], ["InvalidAccessError", 0]);
      await closed(socket);
    },
  })),
  {
    name: "a reason of 124 bytes is a SyntaxError",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(url);
      same(
        thrown(() => socket.close(1000, "ä".repeat(62))),
        "SyntaxError",
      );
      await closed(socket);
    },
  },
  {
    name: "close without a code is clean, and says 1005",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const events = journal(socket);
      const end = closed(socket);
      same(socket.readyState, 2);
      const { code, reason, wasClean } = await end;
      same([code, reason, wasClean, socket.readyState, events], [1005, "", true, 3, ["close"]]);
    },
  },
  ...[1000, 3000, 4999].map((code) => ({
    name: `close(${code}) with a reason comes back`,
    run: async (WebSocket: WebSocketClass, url: string) => {
      const socket = await opened(WebSocket, url);
      const end = heard<CloseEvent>(socket, "close");
      socket.close(code, "grüße");
      const { code: heardCode, reason, wasClean } = await end;
      same([heardCode, reason, wasClean], [code, "grüße", true]);
    },
  })),
  {
    name: "the server's close is heard, after its messages",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const events = journal(socket);
      const end = heard<CloseEvent>(socket, "close");
      socket.send("last");
      socket.send("close 4001 enough");
      const { code, reason, wasClean } = await end;
      same([events, code, reason, wasClean], [["last", "close"], 4001, "enough", true]);
    },
  },
  {
    name: "close while CONNECTING is an error and a close with 1006",
    run: async (WebSocket, url) => {
      const socket = new WebSocket(url);
      const events = journal(socket);
      const end = heard<CloseEvent>(socket, "close");
      socket.close();
      same([socket.readyState, events], [2, []]);
      const { code, wasClean } = await end;
      same([code, wasClean, events, socket.readyState], [1006, false, ["error", "close"], 3]);
    },
  },
  {
    name: "no message comes after close was called, and close twice is once",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      const events = journal(socket);
      socket.send("late");
      socket.close();
      socket.close(3000, "ignored");
      await heard(socket, "close");
      same(events, ["close"]);
    },
  },
  {
    name: "what is sent after close is counted and dropped",
    run: async (WebSocket, url) => {
      const socket = await opened(WebSocket, url);
      await closed(socket);
      const before = socket.bufferedAmount;
      socket.send("äö");
      socket.send(new Blob(["abc"]));
      same([socket.bufferedAmount - before, socket.readyState], [7, 3]);
    },
  },
];

export const conformanceCases: readonly ConformanceCase[] = [
  ...construction,
  ...opening,
  ...sending,
  ...receiving,
  ...closing,
];
