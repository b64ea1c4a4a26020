/** How a connection ended, as the browser's close event tells it. */
export interface LineEnd {
  code: number;
  reason: string;
}

const GOING_AWAY = 1001;

const WORDS = new Map<number, string>([
  [1000, "The other end hung up."],
  [GOING_AWAY, "The server is stopping or restarting."],
  [1002, "The two ends did not understand each other."],
  [1003, "The server does not take what was sent."],
  [1005, "The other end hung up without saying why."],
  [1006, "The connection broke off: the network or the server is gone."],
  [1007, "What was sent was damaged."],
  [1008, "The server refused what was sent."],
  [1009, "What was sent was too big."],
  [1011, "Something went wrong in the server."],
  [1012, "The server is restarting."],
  [1013, "The server has no room just now."],
]);

/** One sentence for a person, then what the server itself said, if anything. */
export function describeLineEnd({ code, reason }: LineEnd): string {
  const words = WORDS.get(code) ?? "The connection was closed.";
  // A server that goes away says no more than that.
  return reason === "" || code === GOING_AWAY ? words : `${words} It said: “${reason}”.`;
}

/** Whether to try again. 1008 would only repeat itself, and 3500 to 3999 tell a client to stop. */
export function isFinal({ code }: LineEnd): boolean {
  return code === 1008 || (code >= 3500 && code <= 3999);
}
