import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { GapEvent, StateEvent } from "../../src/client/index.ts";
import { type ConnectionLine, next, openConnectionLine } from "../client/connection-line.ts";

/** What both ends were told of, in one list for each. */
interface Heard {
  readonly client: unknown[];
  readonly gaps: GapEvent[];
}

function listen({ connection }: ConnectionLine): Heard {
  const heard: Heard = { client: [], gaps: [] };
  connection.onmessage = ({ data }) => heard.client.push(data);
  connection.ongap = (gap) => heard.gaps.push(gap);
  return heard;
}

/** Resolves when the session goes on by another link. */
function resumed({ connection }: ConnectionLine): Promise<void> {
  return new Promise((resolve) => {
    connection.addEventListener("statechange", ({ state, reason }: StateEvent) => {
      if (state === "connected" && reason.text === "resumed") resolve();
    });
  });
}

async function cutAndResume(line: ConnectionLine): Promise<void> {
  const again = resumed(line);
  line.proxy.reset();
  await again;
}

describe("a session", () => {
  test.each([
    { what: "with a message each time", isTalking: true },
    { what: "with none", isTalking: false },
  ])("is resumed 100 times in a row, $what", async ({ isTalking }) => {
    await using line = await openConnectionLine();
    await next(line.connection, "open");
    const heard = listen(line);
    for (let round = 0; round < 100; round++) {
      if (isTalking) line.connection.send(`${round}`);
      await cutAndResume(line);
    }
    line.connection.send("last");
    await expect.poll(() => heard.client.at(-1)).toBe("last");
    const rounds = Array.from({ length: isTalking ? 100 : 0 }, (_, round) => `${round}`);
    expect(heard).toEqual({ client: [...rounds, "last"], gaps: [] });
    expect(line.place.connections).toHaveLength(1);
  });

  test("is resumed from position 0", async () => {
    await using line = await openConnectionLine();
    await next(line.connection, "open");
    const heard = listen(line);
    await cutAndResume(line);
    line.connection.send("first");
    await expect.poll(() => heard).toEqual({ client: ["first"], gaps: [] });
    expect(line.place.connections).toHaveLength(1);
  });

  test("is resumed from position 0 with messages that were lost on their way, once and in order", async () => {
    await using line = await openConnectionLine();
    await next(line.connection, "open");
    const heard = listen(line);
    line.proxy.freeze();
    const { socket } = line.place.connections[0]!;
    for (const each of ["one", "two"]) {
      line.connection.send(`${each} up`);
      socket.send(`${each} down`);
    }
    // By then both ends have handed everything to their links.
    await nextTurn();
    await cutAndResume(line);
    await expect.poll(() => heard.client).toEqual(["one down", "two down", "one up", "two up"]);
    expect(line.place.journal).toEqual(["message one up", "message two up"]);
    expect(heard.gaps).toEqual([]);
  });

  test("is one and the same if the answer to its opening is lost", async () => {
    await using line = await openConnectionLine();
    const heard = listen(line);
    line.connection.send("early");
    const first = await line.proxy.accept();
    first.freeze({ directions: "down", afterBytes: helloBytes, counting: "down" });
    await expect.poll(() => line.place.connections.length).toBe(1);
    first.reset();
    await next(line.connection, "open");
    await expect.poll(() => heard).toEqual({ client: ["early"], gaps: [] });
    expect(line.place.connections).toHaveLength(1);
  });
});

/** The answer to the upgrade and `hello`, nearly: `opened`, which comes after them, is not whole at this byte. */
const helloBytes = 280;
