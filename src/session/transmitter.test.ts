import { expect, test } from "vitest";
import { ServerEnd } from "../../test/pure/session-ends.ts";
import { openEnd } from "../../test/pure/session-vector.ts";

/** A session that waits for its link, with frames of whichever streams to send after it. */
async function waitingServer(): Promise<ServerEnd> {
  const server = new ServerEnd();
  await openEnd(server);
  server.link.bufferedAmount = 1e6;
  return server;
}

/** What goes out when the link has room again: stream, message and part of each data frame. */
function drain(server: ServerEnd): string[] {
  server.link.bufferedAmount = 0;
  server.serverLink().drained();
  const frames = server.link.take().filter((frame) => !frame.startsWith("stream"));
  return frames.map((frame) => frame.slice(0, frame.indexOf(":")));
}

test("streams of the same priority take turns", async () => {
  const server = await waitingServer();
  const [a, b] = [server.session.stream("a"), server.session.stream("b")];
  for (const stream of [a, a, b, b, server.session.main]) stream.send("x");
  expect(drain(server)).toEqual(["1.1", "2.1", "1", "1.2", "2.2"]);
});

test("interactive streams go before bulk ones", async () => {
  const server = await waitingServer();
  server.session.stream("file", { priority: "bulk" }).send("x");
  server.session.main.send("y");
  expect(drain(server)).toEqual(["1", "1.1"]);
});

test("what came later overtakes a long message of bulk", async () => {
  const server = await waitingServer();
  server.session.stream("file", { priority: "bulk" }).send(new Uint8Array(60_000));
  server.receive("ack 0 0 0 0 1024 262144");
  const [first] = drain(server);
  expect(first).toBe("1.1@0/60000");
});

test("more bulk goes when what was sent has arrived", async () => {
  const server = await waitingServer();
  server.session.stream("file", { priority: "bulk" }).send(new Uint8Array(60_000));
  expect(drain(server)).toEqual(["1.1@0/60000"]);
  server.receive("ack 1 0@16384 0 0 1024 262144");
  expect(drain(server)).toEqual(["1.1@16384/60000", "1.1@32768/60000", "1.1@49152/60000"]);
  server.receive("ack 1 1 1 1 1024 262144");
  expect(drain(server)).toEqual([]);
});

test("a link that has its fill is given nothing more, in the middle of it", async () => {
  const server = await waitingServer();
  server.link.bufferedAmount = 0;
  const { link } = server;
  const sendText = link.sendText.bind(link);
  link.sendText = (frame) => {
    sendText(frame);
    link.bufferedAmount += 40_000;
  };
  for (let message = 0; message < 3; message++) server.session.main.send("x");
  expect(link.take()).toEqual(["1:x", "2:x"]);
  expect(drain(server)).toEqual(["3"]);
});
