import { expect, test } from "vitest";
import { hear, hearMessages, journalOf } from "../../test/websocket/hear.ts";
import { openLine } from "../../test/websocket/line.ts";

/** A Blob whose reading ends when the test says so. */
class HeldBlob extends Blob {
  readonly #held = Promise.withResolvers<void>();
  release = (): void => this.#held.resolve();
  fail = (error: Error): void => this.#held.reject(error);

  override async arrayBuffer(): Promise<ArrayBuffer> {
    await this.#held.promise;
    return super.arrayBuffer();
  }
}

test("what is sent after a Blob waits for it, and the Close frame for all", async () => {
  await using line = await openLine();
  const [first, second] = [new HeldBlob(["1"]), new HeldBlob(["4"])];
  const heard = hearMessages(line.client, 5);
  line.socket.send(first);
  line.socket.send("2");
  line.socket.send(Buffer.from("3"));
  line.socket.send(second);
  line.socket.send("5");
  line.socket.close(1000);
  second.release();
  first.release();
  expect(await heard).toEqual(["1", "2", "3", "4", "5"]);
  expect(await hear(line.client, "close")).toMatchObject({ code: 1000, wasClean: true });
});

test("bufferedAmount counts a Blob by its size, and text behind it in UTF-8", async () => {
  await using line = await openLine();
  line.client.send(new HeldBlob(["1234"]));
  expect(line.client.bufferedAmount).toBe(4);
  line.client.send("€");
  expect(line.client.bufferedAmount).toBe(4 + 3);
});

test("binary that waits behind a Blob is what it was when it was sent", async () => {
  await using line = await openLine();
  const blob = new HeldBlob(["blob"]);
  const heard = hearMessages(line.client, 2);
  const bytes = Buffer.from("sent");
  line.socket.send(blob);
  line.socket.send(bytes);
  bytes.write("late");
  blob.release();
  expect(await heard).toEqual(["blob", "sent"]);
});

test.each([true, false])(
  "a publication behind a Blob takes its turn (permessage-deflate: %s)",
  async (deflate) => {
    const perMessageDeflate = deflate && { threshold: 0, serverNoContextTakeover: false };
    await using line = await openLine({
      server: { perMessageDeflate },
      client: { perMessageDeflate: deflate },
    });
    const blob = new HeldBlob(["abcabcabc"]);
    const heard = hearMessages(line.client, 5);
    line.socket.subscribe("topic");
    line.socket.send("abc0");
    line.socket.send(blob);
    line.socket.send("abc1");
    const bytes = Buffer.from("abc2");
    expect(line.server.publish("topic", bytes)).toBe(1);
    bytes.fill("?");
    expect(line.server.publish("topic", "abc3")).toBe(1);
    blob.release();
    expect(await heard).toEqual(["abc0", "abcabcabc", "abc1", "abc2", "abc3"]);
  },
);

test("writable() waits for a Blob to be read", async () => {
  await using line = await openLine();
  const blob = new HeldBlob(["1"]);
  let isWritable = false;
  line.socket.send(blob);
  const writable = line.socket.writable().then(() => {
    isWritable = true;
  });
  await new Promise(setImmediate);
  expect(isWritable).toBe(false);
  blob.release();
  await writable;
  expect(line.socket.bufferedAmount).toBe(0);
});

test("a Blob that cannot be read ends the connection with 1011, and what waited behind it is not sent", async () => {
  await using line = await openLine();
  const blob = new HeldBlob(["1"]);
  const [journal, peerJournal] = [journalOf(line.socket), journalOf(line.client)];
  line.socket.send(blob);
  line.socket.send("behind");
  blob.fail(new Error("unreadable"));
  await hear(line.client, "close");
  expect(peerJournal).toEqual(["close 1011"]);
  await hear(line.socket, "close");
  expect(journal).toEqual(["error unreadable", "close 1006"]);
});

test("a second Blob that fails before its turn is no unhandled rejection", async () => {
  await using line = await openLine();
  const [first, second] = [new HeldBlob(["1"]), new HeldBlob(["2"])];
  line.client.send(first);
  line.client.send(second);
  second.fail(new Error("second"));
  await new Promise(setImmediate);
  first.release();
  expect(await hear(line.client, "error")).toMatchObject({ message: "second" });
});

test("a connection that ends while a Blob is read sends nothing of it later", async () => {
  await using line = await openLine();
  const blob = new HeldBlob(["1"]);
  line.socket.send(blob);
  line.client.terminate();
  await hear(line.socket, "close");
  blob.release();
  await new Promise(setImmediate);
  expect(line.socket.bufferedAmount).toBe(1);
});
