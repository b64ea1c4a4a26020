/** Which end of a connection we are. A client masks what it sends, a server does not (RFC 6455 §5.1). */
export type Role = "client" | "server";
