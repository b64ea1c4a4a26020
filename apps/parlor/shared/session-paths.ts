/** Where a page connects to, on the server that it came from: what for is told by the query. */
export const SESSION_PATHS = {
  room: "/ropeway",
  demo: "/ropeway?for=demo",
} as const;
