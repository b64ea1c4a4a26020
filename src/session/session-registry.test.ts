import { describe, expect, test } from "vitest";
import { decided, ServerEnd } from "../../test/pure/session-ends.ts";
import { openedWith, openEnd } from "../../test/pure/session-vector.ts";
import { MemoryDirectory } from "./memory-directory.ts";
import type { SessionDirectory } from "./session-directory.ts";
import { SessionRegistry, type SessionRegistryOptions } from "./session-registry.ts";

function openWith(nonce: string, token = ""): string {
  return openedWith.server
    .replace("nonce-1-of-22-chars000", nonce.padEnd(16, "x"))
    .replace("{", `{"token":"${token}",`);
}

function resumeWith(secret: string, linkEpoch = 2): string {
  return `resume {"session":"session-1-of-22-chars0","secret":"${secret}","linkEpoch":${linkEpoch},"streams":[]}`;
}

/** Opens a session on a link of its own, and returns what the server answers after `hello`. */
async function ask(server: ServerEnd, frame: string): Promise<string[]> {
  server.accept().take();
  server.receive(frame);
  await decided();
  return server.link.take();
}

async function openServer(options: SessionRegistryOptions = {}): Promise<ServerEnd> {
  const server = new ServerEnd(options);
  await openEnd(server);
  return server;
}

describe("who is let in", () => {
  test("is bounded by user, where there are users", async () => {
    const server = new ServerEnd({ sessionsPerUserMax: 1 }, { users: { a: "ann", b: "bob", n: "" } });
    const tokens = ["a", "a", "b", "n", "n"];
    const answers: string[] = [];
    for (const [index, token] of tokens.entries())
      answers.push((await ask(server, openWith(`nonce ${index}`, token)))[0]!.slice(0, 15));
    expect(answers.map((answer) => answer.split(" ")[0])).toEqual([
      "opened",
      "end",
      "opened",
      "opened",
      "opened",
    ]);
    expect([...server.registry.sessions()].map(({ userKey }) => userKey)).toEqual(["ann", "bob", "", ""]);
  });

  test("may come again when a session of the user has ended", async () => {
    const server = new ServerEnd({ sessionsPerUserMax: 1 }, { users: { a: "ann" } });
    await ask(server, openWith("1", "a"));
    server.session.terminate();
    expect((await ask(server, openWith("2", "a")))[0]).toMatch(/^opened /);
  });

  test("is asked to come back when nobody can decide", async () => {
    const server = new ServerEnd({ retryAfterMs: () => 70 });
    server.authenticate = () => Promise.reject(new Error("the database is away"));
    expect(await ask(server, openedWith.server)).toEqual([
      'end {"code":3004,"reason":"The server could not decide about the session","retryAfterMs":70}',
    ]);
    expect(server.takeEvents()).toEqual([{ event: "refused", code: "SESSION_UNAVAILABLE" }]);
  });

  test("hears nothing when the link was lost before", async () => {
    const server = new ServerEnd();
    server.authenticate = () => Promise.reject(new Error("late"));
    server.accept();
    server.receive(openedWith.server);
    server.lose();
    await decided();
    expect(server.link.take().slice(1)).toEqual([]);
  });

  test("is told so when the application ends the session at once", async () => {
    const server = new ServerEnd();
    const begin = server.onSession.bind(server);
    server.onSession = (opening) => {
      begin(opening);
      server.session.terminate();
    };
    expect((await ask(server, openedWith.server))[0]).toMatch(/^end {"code":3505/);
    expect(server.registry.size).toBe(0);
    await ask(server, openedWith.server.replace('"linkEpoch":1', '"linkEpoch":2'));
    expect(server.sessions).toHaveLength(2);
  });

  test("is not let in when the host makes no session", async () => {
    const server = new ServerEnd();
    server.onSession = () => {};
    expect((await ask(server, openedWith.server))[0]).toMatch(/^end {"code":3004/);
  });
});

describe("the directory", () => {
  /** A directory that is told by a test when to answer. */
  class SlowDirectory extends MemoryDirectory {
    answer: () => void = () => {};

    override async claim(
      ...claim: Parameters<SessionDirectory["claim"]>
    ): ReturnType<SessionDirectory["claim"]> {
      await new Promise<void>((resolve) => {
        this.answer = resolve;
      });
      return super.claim(...claim);
    }
  }

  test("forgets a session whose link was lost meanwhile", async () => {
    const directory = new SlowDirectory();
    const server = new ServerEnd({ directory });
    await ask(server, openedWith.server);
    server.lose();
    directory.answer();
    await decided();
    expect(await directory.find("session-1-of-22-chars0")).toBeUndefined();
    expect(server.sessions).toHaveLength(0);
  });

  test("may say that somebody else owns the session", async () => {
    const directory = new MemoryDirectory();
    await directory.claim("session-1-of-22-chars0", "another", 0);
    expect((await ask(new ServerEnd({ directory }), openedWith.server))[0]).toMatch(/^end {"code":3004/);
  });

  test("may be away when a session ends", async () => {
    const directory = new MemoryDirectory();
    directory.release = () => Promise.reject(new Error("away"));
    const server = await openServer({ directory });
    server.session.terminate();
    await decided();
    expect(server.registry.size).toBe(0);
  });
});

describe("a resume", () => {
  test("is nobody's when the link was lost before it was decided", async () => {
    const server = await openServer();
    server.accept();
    server.receive(resumeWith("secret-1-of-22-chars00"));
    server.lose();
    await decided();
    expect(server.session.link).toBe(server.links[0]);
  });

  test.each(["", "secret-1-of-22-chars0", "secret-1-of-22-chars01", "secret-1-of-22-chars000"])(
    "with the secret %j is of no session",
    async (secret) => {
      const server = await openServer();
      const answer = await ask(server, resumeWith(secret));
      expect(answer[0]).toMatch(secret === "" ? /^end {"code":3503/ : /^unknown /);
    },
  );

  test("ends the link whose transport throws", async () => {
    const server = await openServer();
    server.session.main.send("x");
    const link = server.accept();
    const sendText = link.sendText.bind(link);
    link.sendText = (frame) => {
      if (frame === "1:x") throw new Error("the transport is broken");
      sendText(frame);
    };
    server.receive(resumeWith("secret-1-of-22-chars00"));
    await decided();
    expect(link.closedWith).toBe(3004);
  });

  test("works 100 times, with a new secret each time", async () => {
    const server = new ServerEnd({}, { texts: ["session-1-of-22-chars0", "secret-0"] });
    await openEnd(server);
    let secret = "secret-0";
    for (let linkEpoch = 2; linkEpoch < 102; linkEpoch++) {
      const [resumed = ""] = await ask(server, resumeWith(secret, linkEpoch));
      const { secret: next } = JSON.parse(resumed.slice("resumed ".length)) as { secret: string };
      expect(next).not.toBe(secret);
      secret = next;
    }
    expect(server.links.filter(({ closedWith }) => closedWith === 3500)).toHaveLength(100);
  });
});

describe("a session that ended in agreement", () => {
  async function closeWith(code: number): Promise<string[]> {
    const server = await openServer();
    server.receive(`close {"code":${code},"reason":""}`);
    return ask(server, resumeWith("secret-1-of-22-chars00"));
  }

  test("is over for a client that resumes, whatever code it was closed with", async () => {
    expect(await closeWith(1000)).toEqual(["bye {}"]);
    expect(await closeWith(3000)).toEqual(["bye {}"]);
  });

  test("is followed by another if the server went away", async () => {
    const server = await openServer({ retryAfterMs: () => 350 });
    server.registry.drain();
    server.receive("drain {}");
    expect(await ask(server, resumeWith("secret-1-of-22-chars00"))).toEqual(['bye {"retryAfterMs":350}']);
  });

  test("is not told to who does not have its secret", async () => {
    const server = await openServer();
    server.receive('close {"code":1000,"reason":""}');
    expect(await ask(server, resumeWith("a guess"))).toEqual(["unknown {}"]);
  });

  test("is remembered among the last 1,000", async () => {
    const server = await openServer();
    server.receive('close {"code":1000,"reason":""}');
    for (let session = 0; session < 1000; session++) {
      await ask(server, openWith(`nonce ${session}`));
      server.receive('close {"code":1000,"reason":""}');
    }
    expect(await ask(server, resumeWith("secret-1-of-22-chars00"))).toEqual(["unknown {}"]);
  });
});

test("moves nothing that it does not have", () => {
  const server = new ServerEnd();
  expect(server.registry.export("unknown")).toBeUndefined();
  expect(() => new SessionRegistry({ messageBytesMax: 0 }, {} as never)).toThrow(RangeError);
});
