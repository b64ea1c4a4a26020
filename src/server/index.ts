/** The application server: HTTP or HTTPS, health, static files and WebSocket endpoints on one port. */
export { defineConfig, type ServeConfig } from "./config.ts";
export type { Endpoint, EndpointConnection, EndpointHandler, EndpointOptions } from "./endpoint.ts";
export { ServerError, type ServerErrorCode } from "./errors.ts";
export type { ServerTls } from "./http-server.ts";
export type { Logger } from "./logger.ts";
export { createServer, Server, type ServerAddress, type ServerOptions } from "./server.ts";
