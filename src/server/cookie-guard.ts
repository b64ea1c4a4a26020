import type { UpgradeRequest } from "../websocket/index.ts";

/**
 * The request as it may be authenticated by. A browser names the Origin that asks, and was held to `origins`; where there
 * is none, nobody can tell which page sends the user's cookies along, so they are left out, and Node's own request with
 * them.
 */
export function withTrustedCookies(request: UpgradeRequest): UpgradeRequest {
  if (request.headers.has("origin") || !request.headers.has("cookie")) return request;
  const headers = new Map(request.headers);
  headers.delete("cookie");
  return { ...request, headers, incoming: undefined };
}
