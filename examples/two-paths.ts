// Two WebSocket servers on one HTTP server, each with its path, its limits and its clients.
import { createServer } from "node:http";
import { WebSocketServer } from "ropeway/websocket";

const http = createServer((_request, response) => {
  response.writeHead(404).end("There are WebSockets at /chat and /upload.\n");
});

const chat = new WebSocketServer({ server: http, path: "/chat", maxPayload: 4096 });
chat.onconnection = ({ socket }) => {
  socket.subscribe("all");
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") chat.publish("all", data);
  };
};

const upload = new WebSocketServer({ server: http, path: "/upload", maxPayload: 64 * 1024 * 1024 });
upload.onconnection = ({ socket }) => {
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") socket.close(1003, "Send the file as a binary message");
    else socket.send(`${(data as Buffer).length} bytes received`);
  };
};

http.listen(Number(process.env.PORT ?? 8080), () => console.log("Listening on", http.address()));
