// A chat: each path is a room, and what one says all in the room hear.
import { WebSocketServer } from "ropeway/websocket";

const server = new WebSocketServer({ port: Number(process.env.PORT ?? 8080) });

server.onconnection = ({ socket, request }) => {
  const room = request.url;
  socket.subscribe(room);
  socket.publish(room, "Somebody came in.");
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") server.publish(room, data);
  };
  socket.onclose = () => {
    server.publish(room, "Somebody left.");
  };
};

await server.listening;
console.log("Listening on", server.address());
