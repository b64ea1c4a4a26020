// Run in an empty project that has the packed package installed: a server and a client of it greet each other.
import { WebSocket, WebSocketServer } from "ropeway/websocket";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
server.onconnection = ({ socket }) => {
  socket.onmessage = ({ data }) => socket.send(data);
};
await server.listening;

const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/`);
client.binaryType = "arraybuffer";
client.onopen = () => {
  client.send("hello");
  client.send(Uint8Array.of(1, 2, 3));
};
const received = [];
client.onmessage = ({ data }) => {
  received.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
  if (received.length === 2) client.close(1000, "done");
};
const { code, reason, wasClean } = await new Promise((resolve) => {
  client.onclose = resolve;
});
await server.close();
console.log(JSON.stringify({ node: process.version, received, code, reason, wasClean }));
