// A client on Node that comes back when the network fails: later and later, never all clients at once. What was under way
// when the line broke may or may not have arrived, so it asks for what it missed by the last number that it has seen.
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ropeway/websocket";

const url = process.env.URL ?? "ws://localhost:8080/";
let lastSeen = 0;

for (let failures = 0; ; failures++) {
  const socket = new WebSocket(url, [], {
    headers: { Authorization: `Bearer ${process.env.TOKEN ?? ""}` },
    // A line that went dead without a word is noticed after two to three times this long.
    heartbeatIntervalMs: 15_000,
  });
  socket.onopen = () => {
    failures = 0;
    socket.send(JSON.stringify({ after: lastSeen }));
  };
  socket.onerror = ({ message }) => console.log("Trouble:", message);
  socket.onclose = ({ code, reason }) => console.log("Closed:", code, reason);

  for await (const data of socket) {
    if (typeof data !== "string") continue;
    lastSeen = (JSON.parse(data) as { number: number }).number;
    console.log("Received", lastSeen);
  }
  const backoffMs = Math.min(30_000, 100 * 2 ** failures);
  await wait(backoffMs * (0.5 + Math.random() / 2));
}
