/** How a line ended: a code of RFC 6455 or of the session protocol, and what the other end said. */
export interface LineEnd {
  code: number;
  reason: string;
}

const BROKE_OFF = 1006;
const GOING_AWAY = new Set([1001, 3000]);

const WORDS = new Map<number, string>([
  [1000, "The other end hung up."],
  [1001, "The server is stopping or restarting."],
  [1002, "The two ends did not understand each other."],
  [1003, "The server does not take what was sent."],
  [1005, "The other end hung up without saying why."],
  [BROKE_OFF, "The connection broke off: the network or the server is gone."],
  [1007, "What was sent was damaged."],
  [1008, "The server refused what was sent."],
  [1009, "What was sent was too big."],
  [1011, "Something went wrong in the server."],
  [1012, "The server is restarting."],
  [1013, "The server has no room just now."],
  [3000, "The server is stopping or restarting."],
  [3001, "The line went silent."],
  [3003, "The server has no room just now."],
  [3500, "The session goes on somewhere else."],
  [3501, "The server does not let this page in."],
  [3505, "The server gave the session up."],
]);

/** One sentence for a person, then what the server itself said, if anything. */
export function describeLineEnd({ code, reason }: LineEnd): string {
  const words = WORDS.get(code) ?? "The connection was closed.";
  // A server that goes away says no more than that, and a network that is gone says nothing.
  return reason === "" || code === BROKE_OFF || GOING_AWAY.has(code)
    ? words
    : `${words} It said: “${reason}”.`;
}
