// Compiled against the packed package as a web page's code is: with the DOM's declarations, without Node's.
import {
  BufferFullError,
  type ClientState,
  connect,
  type Connection,
  type ConnectOptions,
  type MessageStream,
  SessionError,
  type SessionErrorCode,
  WebSocket,
} from "ropeway/client";

const options: ConnectOptions = {
  token: async () => (await fetch("/token")).text(),
  protocols: ["chat"],
  messageBytesMax: 64 * 1024,
  retryDelayMsMax: 10_000,
  log: { warn: (message: string) => console.warn(message) },
  WebSocket: globalThis.WebSocket,
};

export const connection: Connection = connect("https://app.example", options);
export const ofThePage: Connection = connect();
export const byUrl: Connection = connect(new URL("wss://app.example/live"), { token: "secret" });
// @ts-expect-error A limit is a number.
connect("/", { messageBytesMax: "64 KiB" });
// @ts-expect-error There is no such option.
connect("/", { reconnect: true });
// @ts-expect-error A token is a text, or a function that gets one.
connect("/", { token: 42 });

connection.onopen = ({ target }) => console.log(target === connection);
connection.onmessage = ({ data, origin }) => {
  if (typeof data === "string") return connection.send(`${origin}: ${data}`);
  if (data instanceof ArrayBuffer) connection.send(new Uint8Array(data));
  return undefined;
};
connection.onstatechange = ({ state, reason }) => {
  const known: ClientState = state;
  const pause: number = reason.retryInMs ?? 0;
  console.log(known, pause, reason.text);
};
connection.ongap = ({ sent, received }) => {
  for (const { stream, from, to } of [...sent, ...received]) console.log(stream?.length, to - from + 1);
};
connection.onexpired = ({ data, reason }) => {
  const why: "expired" | "cancelled" | "superseded" | "dropped" = reason;
  console.log(why, data.length);
};
connection.onclose = ({ code, reason, wasClean }) => console.log(code + 1, reason.length, !wasClean);
connection.addEventListener("error", ({ error }) => {
  if (error instanceof SessionError) console.error(error.code satisfies SessionErrorCode, error.closeCode);
});
connection.addEventListener("stream", ({ stream }) => void follow(stream), { once: true });
// @ts-expect-error It is a number.
connection.onclose = ({ code }) => code.length;
// @ts-expect-error There is no such event.
connection.onreconnect = () => {};
// @ts-expect-error It only tells.
connection.state = "connected";
// @ts-expect-error An object is not sent as it is.
connection.send({ text: "hello" });
// @ts-expect-error `connect` makes it.
export type Arguments = ConstructorParameters<typeof Connection>;

const cursors: MessageStream = connection.stream("cursors", { kind: "latest", priority: "interactive" });
cursors.send("1,2", { key: "ada" });
cursors.onmessage = async ({ data }) => console.log(data);
// @ts-expect-error There is no such kind.
connection.stream("cursors", { kind: "newest" });
// @ts-expect-error A stream has a name.
connection.stream();
// @ts-expect-error A stream has no line of its own.
cursors.onstatechange = () => {};

/** Reads by the async iterator, and sends with backpressure. */
async function follow(stream: MessageStream): Promise<void> {
  for await (const data of stream) {
    await connection.writable();
    try {
      connection.send(data);
    } catch (error) {
      if (error instanceof BufferFullError) console.error(error.buffered, error.limit);
    }
  }
}

/** The drop-in class goes wherever the platform's does. */
const Replacement: typeof globalThis.WebSocket = WebSocket;
const socket: globalThis.WebSocket = new Replacement("wss://app.example", ["chat"]);
socket.addEventListener("message", (event) => console.log(event.data, event.lastEventId));
export const own = new WebSocket("wss://app.example");
own.binaryType = "arraybuffer";
own.onmessage = ({ data }) => console.log(data);
// @ts-expect-error The standard has two arguments.
export const wrong = new WebSocket("wss://app.example", [], {});
// @ts-expect-error The standard has no such member.
console.log(own.state);
own.onclose = (event: CloseEvent) => console.log(event.code);
own.addEventListener("message", (event: MessageEvent) => console.log(event.data));
own.addEventListener("error", (event: Event) => console.log(event.type));
