import { describe, expect, test } from "vitest";
import { Ending, type EndingStep, type Progress } from "./ending.ts";

const all: Progress = {
  isTransmitted: true,
  hasBegun: false,
  isAllStarted: true,
  isAllDone: true,
  isPeerAllStarted: true,
  isPeerAllDone: true,
};
const here = { code: 1000, reason: "here" };
const there = { code: 4000, reason: "there" };

/** The words that are to be sent now. */
function wordsOf(ending: Ending, progress: Partial<Progress> = {}): string[] {
  const words: string[] = [];
  for (let step = stepOf(ending, progress); step !== undefined; step = stepOf(ending, progress)) {
    words.push(step.word);
    if (step.end !== undefined) break;
  }
  return words;
}

function stepOf(ending: Ending, progress: Partial<Progress> = {}): EndingStep | undefined {
  return ending.nextStep({ ...all, ...progress });
}

function closing({ ours = false, theirs = false }): Ending {
  const ending = new Ending("client");
  if (ours) ending.close(here);
  if (theirs) ending.takeClose(there);
  return ending;
}

describe("a session that is not to end", () => {
  test("says nothing", () => {
    const ending = new Ending("client");
    expect([ending.phase, ending.isUnderWay, stepOf(ending)]).toEqual(["open", false, undefined]);
  });
});

describe("closing by this end", () => {
  test("waits until everything is transmitted", () => {
    expect(stepOf(closing({ ours: true }), { isTransmitted: false })).toBeUndefined();
  });

  test("does not wait for what is received", () => {
    expect(stepOf(closing({ ours: true }), { isAllStarted: false })).toEqual({
      word: "close",
      members: here,
    });
  });

  test("waits for the close of the other end", () => {
    const ending = closing({ ours: true });
    expect(wordsOf(ending)).toEqual(["close"]);
    ending.takeClose(there);
    expect(stepOf(ending)).toEqual({ word: "bye", members: {}, end: { ...there, wasClean: true } });
  });
});

describe("closing by the other end", () => {
  test.each([{ isTransmitted: false }, { isAllStarted: false }])("is not answered while %j", (progress) => {
    expect(stepOf(closing({ theirs: true }), progress)).toBeUndefined();
  });

  test.each([{ isAllStarted: false }, { isPeerAllStarted: false }])("does not end while %j", (progress) => {
    expect(wordsOf(closing({ ours: true, theirs: true }), progress)).toEqual(["close"]);
  });

  test("ends when all is started at both ends, whether it has settled or not", () => {
    const progress = { isAllDone: false, isPeerAllDone: false };
    expect(wordsOf(closing({ theirs: true }), progress)).toEqual(["close", "bye"]);
  });

  test("says close again on another link", () => {
    const ending = closing({ theirs: true });
    wordsOf(ending, { isPeerAllStarted: false });
    ending.startLink();
    expect(wordsOf(ending)).toEqual(["close", "bye"]);
  });
});

describe("what a close says", () => {
  test.each([
    [{ ours: true }, here],
    [{ theirs: true }, there],
    [{ ours: true, theirs: true }, there],
    [{}, undefined],
  ])("%j", (closed, agreed) => {
    expect(closing(closed).agreedClose).toEqual(agreed);
  });
});

describe("the deadline", () => {
  test("is the first that was set", () => {
    const ending = new Ending("client");
    expect([ending.startDeadline(10), ending.startDeadline(20), ending.deadline]).toEqual([10, 10, 10]);
  });

  test("ends with the session", () => {
    const ending = closing({ ours: true });
    ending.startDeadline(10);
    ending.finish();
    expect([ending.phase, ending.deadline]).toEqual(["ended", Number.POSITIVE_INFINITY]);
  });
});

describe("a server that goes away", () => {
  function draining(): Ending {
    const ending = new Ending("server");
    ending.drain(350);
    return ending;
  }

  test("asks, and goes when it is answered and all is done both ways", () => {
    const ending = draining();
    expect(wordsOf(ending)).toEqual(["drain"]);
    ending.takeDrain();
    expect(stepOf(ending)).toMatchObject({
      word: "bye",
      members: { retryAfterMs: 350 },
      end: { code: 3000 },
    });
  });

  test.each([{ isAllDone: false }, { isPeerAllDone: false }, { isTransmitted: false }])(
    "stays while %j",
    (progress) => {
      const ending = draining();
      wordsOf(ending);
      ending.takeDrain();
      ending.takeDrain();
      expect(stepOf(ending, progress)).toBeUndefined();
    },
  );

  test("still gives numbers to messages", () => {
    const ending = draining();
    wordsOf(ending);
    expect([ending.isUnderWay, ending.isHoldingNew]).toEqual([true, false]);
  });

  test("asks again on another link", () => {
    const ending = draining();
    wordsOf(ending);
    ending.takeDrain();
    ending.startLink();
    expect(wordsOf(ending)).toEqual(["drain"]);
  });

  test("asks once, however often it is told to", () => {
    const ending = draining();
    wordsOf(ending);
    ending.drain(400);
    expect(wordsOf(ending)).toEqual([]);
  });

  test("closes instead when either end closes", () => {
    const ending = draining();
    wordsOf(ending);
    ending.takeClose(there);
    expect(wordsOf(ending)).toEqual(["close", "bye"]);
  });

  test("takes no drain that it did not ask for", () => {
    expect(() => new Ending("server").takeDrain()).toThrow("A frame drain may not come now");
    expect(() => draining().takeDrain()).toThrow("A frame drain may not come now");
  });
});

describe("a client whose server goes away", () => {
  function asked(): Ending {
    const ending = new Ending("client");
    ending.takeDrain();
    return ending;
  }

  test("answers when no message is half transmitted, and holds new ones", () => {
    const ending = asked();
    expect(wordsOf(ending, { hasBegun: true })).toEqual([]);
    expect(wordsOf(ending)).toEqual(["drain"]);
    expect(ending.isHoldingNew).toBe(true);
  });

  test("answers again when it is asked again", () => {
    const ending = asked();
    wordsOf(ending);
    ending.takeDrain();
    expect(wordsOf(ending)).toEqual(["drain"]);
  });

  test("holds nothing on another link until it is asked there", () => {
    const ending = asked();
    wordsOf(ending);
    ending.startLink();
    expect([ending.isHoldingNew, wordsOf(ending)]).toEqual([false, []]);
  });

  test("keeps its wish to close for the next session", () => {
    const ending = asked();
    ending.close(here);
    expect(wordsOf(ending)).toEqual(["drain"]);
    ending.renew();
    expect([ending.phase, wordsOf(ending)]).toEqual(["closing", ["close"]]);
  });

  test("is open in the next session if only the server wished to close", () => {
    const ending = closing({ theirs: true });
    ending.renew();
    expect(ending.phase).toBe("open");
  });

  test("goes on closing if it has said so already", () => {
    const ending = closing({ ours: true });
    wordsOf(ending);
    ending.takeDrain();
    expect(ending.isHoldingNew).toBe(false);
  });

  test("sends what it held if the server closes after all", () => {
    const ending = asked();
    wordsOf(ending);
    ending.takeClose(there);
    expect(ending.isHoldingNew).toBe(false);
    expect(wordsOf(ending)).toEqual(["close", "bye"]);
  });
});
