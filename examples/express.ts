// WebSockets beside the routes of Express, on one port.
import { createServer } from "node:http";
import express from "express";
import { WebSocketServer } from "ropeway/websocket";

const app = express();
app.use(express.json());

const http = createServer(app);
const news = new WebSocketServer({ server: http, path: "/news" });

news.onconnection = ({ socket }) => {
  socket.subscribe("news");
};

app.get("/readers", (_request, response) => {
  response.json({ readers: news.clients.size });
});
app.post("/news", (request, response) => {
  const readers = news.publish("news", JSON.stringify(request.body));
  response.status(202).json({ readers });
});

http.listen(Number(process.env.PORT ?? 8080), () => console.log("Listening on", http.address()));
