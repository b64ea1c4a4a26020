// Sessions of users who are known by a token, beside the routes of Express. On SIGTERM or Ctrl-C what is under way is
// finished on both sides, and clients come back to the next server without a gap.
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import express from "express";
import { createServer } from "ropeway/server";

interface User {
  readonly id: string;
  readonly name: string;
}

const users = new Map<string, User>([[process.env.TOKEN ?? "open sesame", { id: "u1", name: "Ada" }]]);

const app = createServer({
  // Asked when a session opens and each time it goes on by another link; null refuses.
  authenticate: async ({ token = "" }) => users.get(token) ?? null,
  sessions: { sessionsPerUserMax: 5, handlerTimeoutMs: 30_000 },
  log: console,
});

app.onconnection = ({ socket, user }) => {
  socket.onmessage = async ({ data }) => {
    // The next message waits until this one is saved, and a client that is cut off does not have it saved twice.
    await save(user, data);
    socket.send(`saved for ${user.name}`);
  };
};

/** Stands for a database. */
async function save({ id }: User, data: unknown): Promise<void> {
  console.log("Saving for", id, data);
}

const web = express();
web.get("/users-online", (_request, response) => void response.json(app.sessions.size));

const http = createHttpServer(web);
app.attach(http);
http.listen(Number(process.env.PORT ?? 8080), () => console.log("Listening on", http.address()));

await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
await app.close({ graceMs: 5000 });
http.close();
