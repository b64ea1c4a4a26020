// On SIGTERM or Ctrl-C: what is under way is answered, then there are no new connections, the open ones get 1001 and five
// seconds to end, and the process ends by itself.
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { WebSocketServer } from "ropeway/websocket";

const server = new WebSocketServer({ port: Number(process.env.PORT ?? 8080) });
const underWay = new Set<Promise<void>>();

server.onconnection = ({ socket }) => {
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return undefined;
    const saving = save(data).then(() => socket.send(`saved ${data}`));
    underWay.add(saving);
    return saving.finally(() => underWay.delete(saving));
  };
};

/** Stands for a database that takes its time. */
async function save(text: string): Promise<void> {
  await setTimeout(100);
  console.log("Saved", text);
}

await server.listening;
console.log("Listening on", server.address());

await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
await Promise.all(underWay);
await server.close({ graceMs: 5000 });
console.log("Stopped");
