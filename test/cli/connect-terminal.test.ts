import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { requireTool } from "../../tools/system-packages.ts";
import { TemporaryFolder } from "./temporary-folder.ts";
import { expectEnd, Terminal, type TerminalOptions } from "./terminal.ts";
import { WsPeer } from "./ws-peer.ts";

const tmux = requireTool("tmux");

/** `ropeway connect` in a terminal, connected to a `ws` server, with a state folder of its own. */
class Conversation implements AsyncDisposable {
  readonly terminal: Terminal;
  readonly socket: WebSocket;
  readonly #peer: WsPeer;
  readonly #state: TemporaryFolder;

  private constructor(parts: {
    terminal: Terminal;
    socket: WebSocket;
    peer: WsPeer;
    state: TemporaryFolder;
  }) {
    this.terminal = parts.terminal;
    this.socket = parts.socket;
    this.#peer = parts.peer;
    this.#state = parts.state;
  }

  static async start(
    onconnection: (socket: WebSocket) => void = () => {},
    { flags = [], env, ...size }: TerminalOptions & { flags?: readonly string[] } = {},
  ): Promise<Conversation> {
    const peer = await WsPeer.listen(onconnection);
    const connected = peer.nextConnection();
    const state = new TemporaryFolder();
    const terminal = new Terminal(tmux.path, ["connect", ...flags, peer.url], {
      env: { XDG_STATE_HOME: state.path, ...env },
      ...size,
    });
    const { socket } = await connected;
    await expectConnected(terminal);
    return new Conversation({ terminal, socket, peer, state });
  }

  get historyFile(): string {
    return this.#state.file("ropeway/connect-history");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.terminal[Symbol.dispose]();
    await this.#peer[Symbol.asyncDispose]();
    this.#state[Symbol.dispose]();
  }
}

async function expectConnected(terminal: Terminal): Promise<void> {
  await expect
    .poll(() => terminal.lines().join("\n"), { timeout: 10_000 })
    .toMatch(/Connected to .*commands\.\n/);
}

function echo(socket: WebSocket): void {
  socket.on("message", (data: Buffer, isBinary) => socket.send(data, { binary: isBinary }));
}

describe.skipIf(tmux.missing)("ropeway connect at a terminal", () => {
  test("shows a prompt, what was said and what came back", async () => {
    await using talk = await Conversation.start(echo);
    talk.terminal.type("hello");
    talk.terminal.press("Enter");
    await expectEnd(talk.terminal, "> hello", "< hello", ">");
    talk.terminal.type("//slash");
    talk.terminal.press("Enter");
    await expectEnd(talk.terminal, "> //slash", "< /slash", ">");
  });

  test("pings, sends bytes, and shows those that come back as hex", async () => {
    await using talk = await Conversation.start(echo);
    talk.terminal.type("/ping abc");
    talk.terminal.press("Enter");
    await expectEnd(talk.terminal, "> /ping abc", /^Pong "abc" after [\d.]+ ms$/, ">");
    talk.terminal.type("/binary 00ff41");
    talk.terminal.press("Enter");
    await expectEnd(talk.terminal, "< binary, 3 bytes", /^ {2}00000000 {2}00 ff 41 .*\|\.\.A\|$/, ">");
  });

  test("helps, and says what is wrong with a command", async () => {
    await using talk = await Conversation.start();
    talk.terminal.type("/help");
    talk.terminal.press("Enter");
    await expectEnd(talk.terminal, / {2}\/\/text/, /^Ctrl-D or Ctrl-C closes/, ">");
    talk.terminal.type("/close 1006");
    talk.terminal.press("Enter");
    await expectEnd(talk.terminal, "> /close 1006", /^1006 is not a code that a client may send/, ">");
  });

  test("never disturbs the line being typed, wrapped and at the bottom of the screen", async () => {
    await using talk = await Conversation.start(() => {}, { columns: 40, rows: 8 });
    const { terminal, socket } = talk;
    const heard = once(socket, "message");
    const typed = "this line is long enough to take three rows of a terminal that narrow, all told";
    terminal.type(typed);
    terminal.press("C-a", "Right", "Right");
    await expect.poll(() => terminal.cursor()[0]).toBe(4);
    const incoming = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const text of incoming) socket.send(text);
    await expectEnd(terminal, ...incoming.map((text) => `< ${text}`), `> ${typed}`);
    terminal.type("ank");
    terminal.press("Enter");
    await expectEnd(terminal, "< message 19", `> thankis line${typed.slice(9)}`, ">");
    expect(String((await heard)[0])).toBe(`thankis line${typed.slice(9)}`);
  });

  test("shows what would act on the terminal instead of letting it", async () => {
    await using talk = await Conversation.start();
    const title = talk.terminal.title();
    talk.socket.send("\x1b[2J\x1b]0;owned\x07\x1b[1A\r\x9b31mred\u202e");
    talk.socket.send("two\n> /close");
    await expectEnd(
      talk.terminal,
      "< \\x1b[2J\\x1b]0;owned\\x07\\x1b[1A\\r\\x9b31mred\\u202e",
      "< two",
      "  > /close",
      ">",
    );
    expect(talk.terminal.title()).toBe(title);
  });

  test("colours what comes in, unless NO_COLOR is set", async () => {
    await using coloured = await Conversation.start((socket) => socket.send("hi"));
    await expectEnd(coloured.terminal, "< hi", ">");
    expect(coloured.terminal.colours()).toMatch(/\[36m\S*< hi/);
    await using plain = await Conversation.start((socket) => socket.send("hi"), { env: { NO_COLOR: "1" } });
    await expectEnd(plain.terminal, "< hi", ">");
    expect(plain.terminal.colours()).not.toContain("\x1b");
  });

  test("says which subprotocol was agreed on", async () => {
    await using talk = await Conversation.start(() => {}, { flags: ["--subprotocol", "chat"] });
    expect(talk.terminal.lines()[0]).toMatch(/^Connected to ws:.* \(subprotocol chat\)\. \/help/);
  });
});

describe.skipIf(tmux.missing)("ropeway connect at a terminal, at the end", () => {
  test.each(["C-c", "C-d"])("closes with 1000 on %s, whatever is half typed before Ctrl-C", async (key) => {
    await using talk = await Conversation.start();
    const closed = once(talk.socket, "close");
    if (key === "C-c") talk.terminal.type("half");
    talk.terminal.press(key);
    await expectEnd(talk.terminal, "Closed by this side: 1000 (normal closure)", "exit 0");
    expect((await closed)[0]).toBe(1000);
  });

  test("closes with the code and reason of /close", async () => {
    await using talk = await Conversation.start();
    const closed = once(talk.socket, "close");
    talk.terminal.type("/close 4000 see you");
    talk.terminal.press("Enter");
    await expectEnd(
      talk.terminal,
      'Closed by this side: 4000 (private to the application) "see you"',
      "exit 0",
    );
    expect(await closed).toEqual([4000, Buffer.from("see you")]);
  });

  test("says how the server closed, in place of what was half typed, and tells it by the exit code", async () => {
    await using talk = await Conversation.start();
    talk.terminal.type("half a line");
    await expectEnd(talk.terminal, "> half a line");
    talk.socket.close(1008, "no\x1b[2J");
    await expectEnd(talk.terminal, 'Closed by the server: 1008 (policy violation) "no\\x1b[2J"', "exit 3");
    expect(talk.terminal.lines().join("\n")).not.toContain("half");
  });

  test("leaves at once on a second Ctrl-C when the server does not answer", async () => {
    await using talk = await Conversation.start();
    talk.socket.pause();
    talk.terminal.press("C-c");
    await expectEnd(talk.terminal, "Waiting for the server to close; Ctrl-C leaves at once.");
    talk.terminal.press("C-c");
    await expectEnd(talk.terminal, /exit 130$/);
  });
});

describe.skipIf(tmux.missing)("ropeway connect and its history", () => {
  test("keeps lines for the next run, for the user alone, but not those that begin with a space", async () => {
    await using talk = await Conversation.start();
    for (const line of ["first", " secret", "second"]) {
      talk.terminal.type(line);
      talk.terminal.press("Enter");
    }
    await expectEnd(talk.terminal, "> second", ">");
    talk.terminal.press("C-d");
    await expectEnd(talk.terminal, "exit 0");
    expect(readFileSync(talk.historyFile, "utf8")).toBe("first\nsecond\n");
    expect(statSync(talk.historyFile).mode & 0o777).toBe(0o600);

    const env = { XDG_STATE_HOME: talk.historyFile.replace("/ropeway/connect-history", "") };
    await using later = await Conversation.start(echo, { env });
    later.terminal.press("Up", "Up", "Enter");
    await expectEnd(later.terminal, "> first", "< first", ">");
  });

  test("neither reads nor keeps them with --no-history", async () => {
    await using talk = await Conversation.start(() => {}, { flags: ["--no-history"] });
    talk.terminal.type("first");
    talk.terminal.press("Enter", "C-d");
    await expectEnd(talk.terminal, "exit 0");
    expect(existsSync(talk.historyFile)).toBe(false);
  });
});
