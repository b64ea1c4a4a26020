/**
 * The same text in memory of its own. A string that was cut from another one holds all of that: what is kept of a
 * handshake would hold its whole head, cookies and all, for as long as the connection lives.
 */
export function ownString(text: string): string {
  return text === "" ? "" : Buffer.from(text, "utf8").toString("utf8");
}
