// wss: on a server of https, which serves pages on the same port. CERT and KEY name files in PEM format.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { WebSocketServer } from "ropeway/websocket";

const cert = readFileSync(process.env.CERT ?? "cert.pem");
const key = readFileSync(process.env.KEY ?? "key.pem");

const https = createServer({ cert, key }, (_request, response) => {
  response.end("This came over TLS.\n");
});
const server = new WebSocketServer({ server: https });

server.onconnection = ({ socket, request }) => {
  socket.send(request.encrypted ? "encrypted" : "in the clear");
};

https.listen(Number(process.env.PORT ?? 8443), () => console.log("Listening on", https.address()));
