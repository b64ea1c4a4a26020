import { createHash, randomBytes } from "node:crypto";

/** A request or response head as it came: its first line and its fields in order, names in lower case. */
export interface HttpHead {
  startLine: string;
  fields: [name: string, value: string][];
  /** The values of a field, joined as RFC 9110 §5.3 says; undefined if there is none. */
  field(name: string): string | undefined;
  /** 0 for a request. */
  status: number;
}

export function parseHead(bytes: Buffer): { value: HttpHead; size: number } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [startLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const field = (name: string): string | undefined => {
    const values = fields.filter(([each]) => each === name).map(([, value]) => value);
    return values.length > 0 ? values.join(", ") : undefined;
  };
  const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(startLine)?.[1] ?? 0);
  return { value: { startLine, fields, field, status }, size: end + 4 };
}

/** What a handshake's head is made of: `undefined` leaves a field out, an array repeats it. */
export type Fields = Record<string, string | readonly string[] | undefined>;

export function formatHead(startLine: string, fields: Fields): string {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each) => `${name}: ${each}`),
  );
  return `${[startLine, ...lines].join("\r\n")}\r\n\r\n`;
}

/** A client's correct fields (RFC 6455 §4.1). */
export function requestFields(port: number): Fields {
  return {
    Host: `127.0.0.1:${port}`,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    "Sec-WebSocket-Version": "13",
  };
}

/** A server's correct fields for the client's key (RFC 6455 §4.2.2). */
export function responseFields(key: string): Fields {
  return { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": acceptFor(key) };
}

export function acceptFor(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
