import type * as Ropeway from "../../src/server/index.ts";
import { announce } from "./control.ts";

/** Sessions as they are published. */
const built = new URL("../../dist/server/index.js", import.meta.url).href;
const { createServer } = (await import(built)) as typeof Ropeway;

const app = createServer();
app.onconnection = ({ socket }) => {
  socket.onmessage = ({ data }) => socket.send(data);
};
const { port } = await app.listen(0, "127.0.0.1");
announce(port);
