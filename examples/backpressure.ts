// Sends a file of any size to whoever asks, in pieces, each when the one before it has left. A slow reader costs one
// piece of memory and a file handle, not the file. Without `writable()` the pieces would pile up, and past
// `bufferedBytesMax` the connection would end.
import { createReadStream } from "node:fs";
import { WebSocketServer } from "ropeway/websocket";

const file = process.env.FILE ?? "package-lock.json";
const server = new WebSocketServer({ port: Number(process.env.PORT ?? 8080) });

server.onconnection = ({ socket }) => {
  // A promise is awaited before the next message is delivered: a second request waits for the first.
  socket.onmessage = async () => {
    for await (const piece of createReadStream(file)) {
      if (socket.readyState !== 1) return;
      socket.send(piece as Buffer);
      await socket.writable();
    }
    socket.send("complete");
  };
};

await server.listening;
console.log("Listening on", server.address());
