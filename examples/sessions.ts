// A chat that loses nothing: open its page twice, pull the network, type on both sides, and plug it in again.
import { createServer as createHttpServer } from "node:http";
import { createServer, type ServerSocket } from "ropeway/server";

const page = `<!doctype html>
<title>Sessions</title>
<form><input autofocus placeholder="Say something"><output></output></form>
<ul></ul>
<script type="module">
  import { connect } from "/ropeway/client.js";
  const connection = connect();
  const [form, list] = [document.forms[0], document.querySelector("ul")];
  connection.onmessage = ({ data }) => list.append(Object.assign(document.createElement("li"), { textContent: data }));
  connection.onstatechange = ({ state }) => { form.lastChild.value = state; };
  form.onsubmit = (event) => {
    event.preventDefault();
    connection.send(form.firstChild.value);
    form.reset();
  };
</script>`;

const app = createServer({ sessions: { suspendedMsMax: 600_000 } });
const everybody = new Set<ServerSocket>();

app.onconnection = ({ socket }) => {
  everybody.add(socket);
  socket.onmessage = ({ data }) => {
    for (const one of everybody) tell(one, data);
  };
  socket.onclose = () => everybody.delete(socket);
};

/** Who was away for so long that the buffer is full has to begin anew. */
function tell(socket: ServerSocket, data: Parameters<ServerSocket["send"]>[0]): void {
  try {
    socket.send(data);
  } catch {
    socket.terminate();
  }
}

const http = createHttpServer((_request, response) => {
  response.setHeader("Content-Type", "text/html; charset=utf-8").end(page);
});
app.attach(http);
http.listen(Number(process.env.PORT ?? 8080), () => console.log("Listening on", http.address()));
