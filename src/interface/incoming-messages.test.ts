import { describe, expect, test } from "vitest";
import { holdLine, type Line, microtasks, openLine } from "../../test/pure/fake-session.ts";

/** Listeners that note the data and settle when told to. */
function listenSlowly({ socket }: Line): {
  heard: unknown[];
  settle: (() => void)[];
  fail: ((error: Error) => void)[];
} {
  const heard: unknown[] = [];
  const settle: (() => void)[] = [];
  const fail: ((error: Error) => void)[] = [];
  socket.addEventListener("message", ({ data }) => {
    heard.push(data);
    return new Promise<void>((resolve, reject) => {
      settle.push(resolve);
      fail.push(reject);
    });
  });
  return { heard, settle, fail };
}

function hearErrors({ socket }: Line): unknown[] {
  const errors: unknown[] = [];
  socket.onerror = ({ error }) => errors.push(error);
  return errors;
}

describe("without a listener or an iterator", () => {
  test("messages wait", () => {
    const { session, receive } = openLine();
    receive("1");
    expect(session.main.log).toEqual([]);
  });

  test("messages go to the first listener, after the statement that adds it", async () => {
    const { socket, receive } = openLine();
    const heard: unknown[] = [];
    receive("1", "2");
    socket.onmessage = ({ data }) => heard.push(data);
    expect(heard).toEqual([]);
    await microtasks();
    expect(heard).toEqual(["1", "2"]);
  });

  test("a listener for something else changes nothing", async () => {
    const { socket, session, receive } = openLine();
    receive("1");
    socket.onclose = () => {};
    await microtasks();
    expect(session.main.log).toEqual([]);
  });
});

describe("listeners that return nothing", () => {
  test("have each message settled when they return", () => {
    const { socket, session, receive } = openLine();
    socket.onmessage = () => session.main.log.push("handle");
    receive("1", "2");
    expect(session.main.log).toEqual(["take", "handle", "settle", "take", "handle", "settle"]);
  });

  test("are not called for the next message from within the one before", () => {
    const line = openLine();
    const log: unknown[] = [];
    line.socket.onmessage = ({ data }) => {
      log.push(data);
      if (data === "1") line.receive("2");
      line.socket.resume();
      log.push("end");
    };
    line.receive("1");
    expect(log).toEqual(["1", "end", "2", "end"]);
  });

  test("that throw raise error, and the message counts as handled", () => {
    const line = openLine();
    const errors = hearErrors(line);
    line.socket.onmessage = () => {
      throw new Error("thrown");
    };
    line.receive("1", "2");
    expect(errors).toEqual([new Error("thrown"), new Error("thrown")]);
    expect(line.session.main.log).toEqual(["take", "settle", "take", "settle"]);
    expect(line.socket.readyState).toBe(1);
  });
});

describe("listeners that return promises", () => {
  test("run one message at a time", async () => {
    const line = openLine();
    const { heard, settle } = listenSlowly(line);
    line.receive("1", "2");
    expect([heard, line.session.main.log]).toEqual([["1"], ["take"]]);
    settle[0]!();
    await microtasks();
    expect([heard, line.session.main.log]).toEqual([
      ["1", "2"],
      ["take", "settle", "take"],
    ]);
  });

  test("that reject raise error, and the message counts as handled", async () => {
    const line = openLine();
    const errors = hearErrors(line);
    const { fail } = listenSlowly(line);
    line.receive("1");
    fail[0]!(new Error("rejected"));
    await microtasks();
    expect(errors).toEqual([new Error("rejected")]);
    expect(line.session.main.log).toEqual(["take", "settle"]);
  });

  test("are waited for all, also when one of them rejects", async () => {
    const line = openLine();
    const errors = hearErrors(line);
    const first = listenSlowly(line);
    const second = listenSlowly(line);
    line.receive("1");
    first.fail[0]!(new Error("rejected"));
    await microtasks();
    expect([errors, line.session.main.log]).toEqual([[new Error("rejected")], ["take"]]);
    second.settle[0]!();
    await microtasks();
    expect(line.session.main.log).toEqual(["take", "settle"]);
  });
});

describe("an error of a listener", () => {
  test("goes to the log where nobody listens to it", () => {
    const { socket, receive, warnings } = openLine();
    socket.onmessage = () => {
      throw new Error("thrown");
    };
    receive("1");
    expect(warnings).toEqual([expect.stringMatching(/"message": Error: thrown/)]);
  });

  test("of an error listener goes to the log, thrown or rejected, and whatever it is", async () => {
    const line = openLine();
    line.socket.onerror = () => {
      // oxlint-disable-next-line typescript/only-throw-error -- a page may throw anything
      throw { toString: () => "of its own" };
    };
    line.socket.addEventListener("error", () =>
      Promise.reject(Object.assign(new Error("2"), { stack: undefined })),
    );
    line.socket.onmessage = () => Promise.reject(new Error("1"));
    line.receive("1");
    await microtasks();
    expect(line.warnings.map((text) => text.split(": ")[1])).toEqual(["of its own", "2"]);
  });
});

describe("pause", () => {
  test("holds messages back until resume", () => {
    const { socket, receive } = openLine();
    const heard: unknown[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    socket.pause();
    receive("1", "2");
    expect([heard, socket.isPaused]).toEqual([[], true]);
    socket.resume();
    expect([heard, socket.isPaused]).toEqual([["1", "2"], false]);
  });
});

describe("while the connection handler runs", () => {
  test("messages wait, on each stream, until it has returned", () => {
    const line = holdLine();
    const heard: unknown[] = [];
    for (const stream of [line.socket, line.socket.stream("a")])
      stream.addEventListener("message", ({ data }) => heard.push(data));
    line.receive("1");
    line.receiveOn(line.session.stream("a"), "2");
    expect(heard).toEqual([]);
    line.core.release();
    line.core.release();
    expect(heard).toEqual(["1", "2"]);
  });

  test("ready lets messages come", () => {
    const { socket, receive } = holdLine();
    const heard: unknown[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    receive("1");
    socket.ready();
    expect(heard).toEqual(["1"]);
  });

  test("so does an iterator of any stream", async () => {
    const line = holdLine();
    line.receive("1");
    line.socket.stream("a")[Symbol.asyncIterator]();
    await expect(line.socket[Symbol.asyncIterator]().next()).resolves.toEqual({ done: false, value: "1" });
  });

  test("an end waits, too", () => {
    const { socket, core } = holdLine();
    let closes = 0;
    socket.onclose = () => closes++;
    core.onEnd({ code: 1006, reason: "", wasClean: false });
    expect(closes).toBe(0);
    core.release();
    expect(closes).toBe(1);
  });
});

describe("an iterator", () => {
  test("is given a message when it asks; asking again settles it", async () => {
    const { socket, session, receive } = openLine();
    const iterator = socket[Symbol.asyncIterator]();
    receive("1", "2");
    expect(session.main.log).toEqual([]);
    expect(await iterator.next()).toEqual({ done: false, value: "1" });
    expect(session.main.log).toEqual(["take"]);
    expect(await iterator.next()).toEqual({ done: false, value: "2" });
    expect(session.main.log).toEqual(["take", "settle", "take"]);
  });

  test("waits for a message, of which listeners hear, too, and which they hold until they settle", async () => {
    const line = openLine();
    const { heard, settle } = listenSlowly(line);
    const iterator = line.socket[Symbol.asyncIterator]();
    const first = iterator.next();
    line.receive("1");
    expect(await first).toEqual({ done: false, value: "1" });
    const second = iterator.next();
    expect([heard, line.session.main.log]).toEqual([["1"], ["take"]]);
    settle[0]!();
    line.receive("2");
    expect(await second).toEqual({ done: false, value: "2" });
    expect(line.session.main.log).toEqual(["take", "settle", "take"]);
  });

  test("that is left settles its message and leaves the others to listeners", async () => {
    const { socket, session, receive } = openLine();
    receive("1", "2");
    for await (const data of socket) {
      expect(data).toBe("1");
      break;
    }
    expect(session.main.log).toEqual(["take", "settle"]);
    const heard: unknown[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    await microtasks();
    expect(heard).toEqual(["2"]);
  });

  test("given up while it waits ends, and takes no message", async () => {
    const { socket, session, receive } = openLine();
    const iterator = socket[Symbol.asyncIterator]();
    const pending = iterator.next();
    await iterator.return?.();
    await iterator.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    receive("1");
    expect(session.main.log).toEqual([]);
  });

  test("ends with the session, after the messages that are there", async () => {
    const { socket, core, receive } = openLine();
    const iterator = socket[Symbol.asyncIterator]();
    receive("1");
    core.onEnd({ code: 1000, reason: "", wasClean: true });
    expect(socket.readyState).toBe(2);
    expect(await iterator.next()).toEqual({ done: false, value: "1" });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(socket.readyState).toBe(3);
  });

  test("that waits ends with the session, and one that begins later has nothing", async () => {
    const { socket, core } = openLine();
    const waiting = socket.stream("a")[Symbol.asyncIterator]().next();
    core.onEnd({ code: 1000, reason: "", wasClean: true });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await socket[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  test("is one at a time, and is asked once at a time", async () => {
    const { socket } = openLine();
    const iterator = socket[Symbol.asyncIterator]();
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    expect(() => socket[Symbol.asyncIterator]()).toThrow(TypeError);
    void iterator.next();
    await expect(iterator.next()).rejects.toThrow(TypeError);
  });
});

describe("a handler that does not settle", () => {
  test("is named in the log after 10 s, once", () => {
    const line = openLine();
    listenSlowly(line);
    line.receive("1");
    line.pass(9_999);
    expect(line.warnings).toEqual([]);
    line.pass(30_000);
    expect(line.warnings).toEqual([expect.stringMatching(/^A message handler has not settled after 10 s/)]);
  });

  test("is not confused with those that settled before it", async () => {
    const line = openLine();
    const { settle } = listenSlowly(line);
    line.receive("1", "2");
    line.pass(9_000);
    settle[0]!();
    await microtasks();
    line.pass(9_000);
    expect(line.warnings).toEqual([]);
    line.pass(1_000);
    expect(line.warnings).toHaveLength(1);
    settle[1]!();
    await microtasks();
    line.pass(60_000);
    line.receive("3");
    line.pass(10_000);
    expect(line.warnings).toHaveLength(2);
  });

  test("that settled in time is not looked at again", async () => {
    const line = openLine();
    const { settle } = listenSlowly(line);
    line.receive("1");
    settle[0]!();
    await microtasks();
    line.pass(60_000);
    expect(line.warnings).toEqual([]);
  });

  test("of a stream or of a loop is named by the stream", async () => {
    const line = openLine();
    const iterator = line.socket.stream("files")[Symbol.asyncIterator]();
    line.receiveOn(line.session.stream("files"), "1");
    await iterator.next();
    line.pass(10_000);
    expect(line.warnings).toEqual([expect.stringMatching(/of stream "files"/)]);
  });

  test("ends the session after handlerTimeoutMs", () => {
    const line = openLine({ handlerTimeoutMs: 15_000 });
    listenSlowly(line);
    line.receive("1");
    line.pass(14_999);
    expect([line.session.log, line.warnings.length]).toEqual([[], 1]);
    line.pass(1);
    expect(line.session.log).toEqual(["SESSION_HANDLER_TIMEOUT"]);
    line.pass(60_000);
    expect(line.session.log).toHaveLength(1);
  });

  test.each([
    { what: "ends the session after handlerTimeoutMs at once", isEnded: false },
    { what: "tells of an end that came before handlerTimeoutMs by then", isEnded: true },
  ])("$what, though messages wait behind it", ({ isEnded }) => {
    const line = openLine({ handlerTimeoutMs: 15_000 });
    const told: string[] = [];
    line.socket.onclose = ({ code }) => told.push(`close ${code}`);
    line.socket.onmessage = () => new Promise<void>(() => {});
    line.receive("a", "b");
    if (isEnded) line.core.onEnd({ code: 3503, reason: "", wasClean: false });
    expect(told).toEqual([]);
    line.pass(15_000);
    if (!isEnded) line.core.onEnd({ code: 3506, reason: "", wasClean: false });
    expect(told).toEqual([isEnded ? "close 3503" : "close 3506"]);
  });
});
