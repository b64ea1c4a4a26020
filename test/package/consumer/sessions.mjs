// Run in an empty project that has the packed package installed: its server has sessions with its own clients, the one
// that is imported and the one that it serves to pages.
import { connect, WebSocket } from "ropeway/client";
import { createServer } from "ropeway/server";

const app = createServer();
let sessions = 0;
app.onconnection = ({ socket, isSession }) => {
  if (isSession) sessions++;
  socket.onmessage = ({ data }) => socket.send(data);
};
const { url } = await app.listen(0, "127.0.0.1");
const script = await fetch(`${url}/ropeway/client.js`);
const served = await import(`data:text/javascript,${encodeURIComponent(await script.text())}`);

const imported = await exchange(connect(url));
const byScript = await exchange(served.connect(url));
const byDropIn = await exchange(new WebSocket(`${url}/ropeway`));
await app.close();
const facts = { node: process.version, scriptType: script.headers.get("content-type"), sessions };
console.log(JSON.stringify({ ...facts, imported, byScript, byDropIn }));

/** What comes back of a text and some bytes, and how the connection closes. */
async function exchange(socket) {
  socket.binaryType = "arraybuffer";
  const received = [];
  socket.onopen = () => {
    socket.send("hello");
    socket.send(Uint8Array.of(1, 2, 3));
  };
  socket.onmessage = ({ data }) => {
    received.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
    if (received.length === 2) socket.close(1000, "done");
  };
  const { code, wasClean } = await new Promise((resolve) => {
    socket.onclose = resolve;
  });
  return { received, code, wasClean };
}
