// Old clients speak lines of text, new ones JSON: the subprotocol says which, before the first message.
import { WebSocketServer } from "ropeway/websocket";

const server = new WebSocketServer({
  port: Number(process.env.PORT ?? 8080),
  handleProtocols: ["clock.v2", "clock.v1"],
});

server.onconnection = ({ socket }) => {
  const now = new Date();
  if (socket.protocol === "clock.v2") socket.send(JSON.stringify({ now, zone: "UTC" }));
  else if (socket.protocol === "clock.v1") socket.send(now.toISOString());
  else socket.close(1008, "Offer the subprotocol clock.v1 or clock.v2");
};

await server.listening;
console.log("Listening on", server.address());
