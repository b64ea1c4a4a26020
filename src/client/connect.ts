import { parseSocketUrl, readProtocols } from "../interface/index.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { type Connection, openConnection } from "./connection.ts";
import { pageUrl } from "./platform.ts";

const defaultPath = "/ropeway";

/**
 * Connects to a Ropeway server, and again whenever the line is lost, until `close()`. What is sent meanwhile waits.
 *
 * @param url `https:`, `http:`, `wss:` or `ws:`; the path is `/ropeway` if it has none. In a page it may be relative, and
 * is the page's origin if absent.
 * @throws {DOMException} SyntaxError for what is no such URL, or for subprotocols that the standard does not allow.
 * @throws {RangeError} for a limit that is none.
 */
export function connect<Contract = unknown>(
  url: string | URL = "/",
  options: ConnectOptions = {},
): Connection<Contract> {
  const target = parseSocketUrl(url, pageUrl());
  if (target.pathname === "/") target.pathname = defaultPath;
  return openConnection(target.href, { ...options, protocols: readProtocols(options.protocols ?? []) });
}
