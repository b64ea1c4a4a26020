import { CommandError } from "../errors.ts";

/**
 * The URL to connect to: `ws:` and `wss:` as they are, `http:` and `https:` as the WebSocket on the same host, and
 * `ws:` for a bare `host:port/path`. A fragment has no meaning here and is dropped.
 */
export function targetUrl(text: string): URL {
  const withScheme = text.includes("://") ? text : `ws://${text}`;
  if (!URL.canParse(withScheme)) throw notAUrl(text);
  const url = new URL(withScheme);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") throw notAUrl(text);
  url.hash = "";
  return url;
}

function notAUrl(text: string): CommandError {
  return new CommandError("CLI_OPTION_INVALID", {
    option: "The URL",
    given: JSON.stringify(text),
    allowed: "a ws:, wss:, http: or https: URL, such as ws://localhost:8080/echo",
  });
}
