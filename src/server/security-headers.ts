import type { IncomingMessage, ServerResponse } from "node:http";

/** What a Host header may be made of: anything else could end the policy's directive and begin another. */
const plainHost = /^[\w.:[\]-]{1,255}$/;

/**
 * Sets the headers that keep a response harmless in a browser: no sniffing of types, no referrer to strangers, no use
 * from other sites' pages, and a policy under which a page loads from its own server only. Pictures and media may also
 * come from `blob:` and `data:` URLs, as an app shows what it received over its WebSocket.
 */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Content-Security-Policy", contentSecurityPolicy(request.headers.host));
}

/** Browsers older than CSP 3 do not take `'self'` for `ws:`, so the page's own host is named as well. */
function contentSecurityPolicy(host: string | undefined): string {
  const webSockets = host !== undefined && plainHost.test(host) ? ` ws://${host} wss://${host}` : "";
  return [
    "default-src 'self'",
    `connect-src 'self'${webSockets}`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob: data:",
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
