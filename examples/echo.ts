// Sends back what comes. The loop asks for the next message when it is done with the last one, and waits until the peer
// has room for the answer: whoever sends faster than they read is slowed down, and nothing piles up.
import { WebSocketServer } from "ropeway/websocket";

const server = new WebSocketServer({ port: Number(process.env.PORT ?? 8080) });

server.onconnection = async ({ socket }) => {
  for await (const data of socket) {
    socket.send(data);
    await socket.writable();
  }
};

await server.listening;
console.log("Listening on", server.address());
