// Another protocol takes its upgrades on the same HTTP server; the WebSocket server leaves them alone.
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ropeway/websocket";

const http = createServer((_request, response) => {
  response.end("An ordinary page.\n");
});

const echo = new WebSocketServer({ server: http, path: "/echo" });
echo.onconnection = ({ socket }) => {
  socket.onmessage = ({ data }) => socket.send(data);
};

http.on("upgrade", (request, socket: Duplex) => {
  if (request.headers.upgrade === "shout/1") shout(socket);
  // Node calls every listener for every upgrade. Who adds a listener decides about those that nobody takes: without an
  // answer they would hang. (Without another listener the WebSocket server answers them by itself.)
  else if (request.url !== "/echo") socket.end("HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\n");
});

function shout(socket: Duplex): void {
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout/1\r\n\r\n");
  socket.on("data", (line: Buffer) => socket.write(line.toString("utf8").toUpperCase()));
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.end());
}

http.listen(Number(process.env.PORT ?? 8080), () => console.log("Listening on", http.address()));
