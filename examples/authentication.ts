// Who may connect: browsers by the cookie of a login, programs by a token in a header. The cookie is worth nothing to
// another site's page: its Origin is refused, unless `origins` allows it.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { type UpgradeRequest, WebSocketServer } from "ropeway/websocket";

const sessions = new Map<string, string>();
const tokens = new Map([[process.env.TOKEN ?? randomUUID(), "the robot"]]);

const http = createServer((request, response) => {
  if (request.method !== "POST" || request.url !== "/login") return response.writeHead(404).end();
  const session = randomUUID();
  sessions.set(session, "Ada"); // Your check of a password goes before this line.
  const cookie = `session=${session}; HttpOnly; SameSite=Strict; Path=/`;
  return response.writeHead(204, { "Set-Cookie": cookie }).end();
});

const users = new WeakMap<UpgradeRequest, string>();
const server = new WebSocketServer({
  server: http,
  verifyClient(request) {
    const user = userOf(request);
    if (user === undefined) return { status: 401, message: "Log in first, or send a token." };
    users.set(request, user);
    return true;
  },
});

server.onconnection = ({ socket, request }) => {
  socket.send(`Hello, ${users.get(request)}`);
};

function userOf({ headers }: UpgradeRequest): string | undefined {
  const [, token = ""] = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "") ?? [];
  const [, session = ""] = /(?:^|; )session=([^;]+)/.exec(headers.get("cookie") ?? "") ?? [];
  return tokens.get(token) ?? sessions.get(session);
}

http.listen(Number(process.env.PORT ?? 8080), () => console.log("Listening on", http.address()));
