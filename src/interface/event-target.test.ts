import { describe, expect, test } from "vitest";
import { dispatch, type EventHandler, hasListener, SocketEventTarget } from "./event-target.ts";
import { ErrorEvent, SocketEvent } from "./events.ts";

interface Events {
  ring: SocketEvent;
  other: SocketEvent;
}

/** A target with one attribute, which notes what its listeners throw. */
class Bell extends SocketEventTarget<Events> {
  readonly errors: unknown[] = [];

  get onring(): EventHandler<SocketEvent> {
    return this.getAttribute("ring");
  }

  set onring(handler: EventHandler<SocketEvent>) {
    this.setAttribute("ring", handler);
  }

  ring(type = "ring"): PromiseLike<unknown> | undefined {
    return dispatch(this, new SocketEvent(type, this));
  }

  protected override reportListenerError(error: unknown): void {
    this.errors.push(error);
  }
}

/** Long enough for whatever follows from promises that are settled already. */
async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function bellWithLog(): { bell: Bell; log: string[]; note: (text: string) => () => void } {
  const log: string[] = [];
  return { bell: new Bell(), log, note: (text) => () => void log.push(text) };
}

describe("listeners", () => {
  test("are called in the order in which they were added, each with the target as this", () => {
    const { bell, log, note } = bellWithLog();
    bell.addEventListener("ring", note("first"));
    bell.addEventListener("other", note("other"));
    bell.addEventListener("ring", function listener(this: unknown, event) {
      expect(this).toBe(bell);
      expect(event.target).toBe(bell);
      log.push("second");
    });
    bell.ring();
    expect(log).toEqual(["first", "second"]);
  });

  test("added twice are called once, unless they differ in capture", () => {
    const { bell, log, note } = bellWithLog();
    const listener = note("called");
    bell.addEventListener("ring", listener);
    bell.addEventListener("ring", listener, { once: true });
    bell.addEventListener("ring", listener, true);
    bell.ring();
    expect(log).toEqual(["called", "called"]);
  });

  test("are removed by function and capture", () => {
    const { bell, log, note } = bellWithLog();
    const listener = note("called");
    bell.addEventListener("ring", listener, { capture: true });
    bell.removeEventListener("ring", listener);
    bell.removeEventListener("other", listener, true);
    bell.ring();
    bell.removeEventListener("ring", listener, true);
    bell.ring();
    expect(log).toEqual(["called"]);
  });

  test("once are removed before their first call", () => {
    const { bell, log } = bellWithLog();
    bell.addEventListener(
      "ring",
      () => {
        log.push("called");
        bell.ring();
      },
      { once: true },
    );
    bell.ring();
    expect(log).toEqual(["called"]);
  });

  test("may be objects, whose handleEvent is looked up at each call", () => {
    const { bell, log } = bellWithLog();
    const listener = { handleEvent: () => void log.push("first") };
    bell.addEventListener("ring", listener);
    bell.ring();
    listener.handleEvent = () => void log.push("second");
    bell.ring();
    expect(log).toEqual(["first", "second"]);
  });

  test("without a handleEvent that can be called are reported", () => {
    const { bell } = bellWithLog();
    bell.addEventListener("ring", {} as { handleEvent(): void });
    bell.ring();
    expect(bell.errors).toEqual([expect.any(TypeError)]);
  });

  test.each([null, undefined])("that are %s are ignored", (listener) => {
    const { bell } = bellWithLog();
    bell.addEventListener("ring", listener as null);
    expect(hasListener(bell, "ring")).toBe(false);
  });

  test("of another kind are a TypeError", () => {
    const { bell } = bellWithLog();
    expect(() => bell.addEventListener("ring", "text" as unknown as null)).toThrow(TypeError);
  });

  test("take null for options", () => {
    const { bell, log, note } = bellWithLog();
    const listener = note("called");
    bell.addEventListener("ring", listener, null);
    bell.ring();
    bell.removeEventListener("ring", listener, null);
    bell.ring();
    expect(log).toEqual(["called"]);
  });
});

test("hasListener tells of the listeners of one event", () => {
  const { bell, note } = bellWithLog();
  bell.addEventListener("other", note("other"));
  expect([hasListener(bell, "other"), hasListener(bell, "ring")]).toEqual([true, false]);
});

describe("an AbortSignal", () => {
  test("removes its listener, and only that", () => {
    const { bell, log, note } = bellWithLog();
    const [controller, listener] = [new AbortController(), note("called")];
    bell.addEventListener("ring", listener, { signal: controller.signal });
    bell.removeEventListener("ring", listener);
    bell.addEventListener("ring", listener);
    bell.addEventListener("ring", note("removed"), { signal: controller.signal });
    controller.abort();
    bell.ring();
    expect(log).toEqual(["called"]);
  });

  test("that has aborted adds nothing", () => {
    const { bell, note } = bellWithLog();
    bell.addEventListener("ring", note("called"), { signal: AbortSignal.abort() });
    expect(hasListener(bell, "ring")).toBe(false);
  });
});

describe("during a dispatch", () => {
  test("a listener that is removed is not called, one that is added is called the next time", () => {
    const { bell, log, note } = bellWithLog();
    const [removed, added] = [note("removed"), note("added")];
    bell.addEventListener("ring", () => {
      bell.removeEventListener("ring", removed);
      bell.addEventListener("ring", added);
    });
    bell.addEventListener("ring", removed);
    bell.ring();
    expect(log).toEqual([]);
    bell.ring();
    expect(log).toEqual(["added"]);
  });

  test("a listener that is removed and added again waits for the next time", () => {
    const { bell, log, note } = bellWithLog();
    const listener = note("called");
    bell.addEventListener("ring", () => {
      bell.removeEventListener("ring", listener);
      bell.addEventListener("ring", listener);
    });
    bell.addEventListener("ring", listener);
    bell.ring();
    expect(log).toEqual([]);
  });

  test("stopImmediatePropagation ends it, stopPropagation and preventDefault do not", () => {
    const { bell, log, note } = bellWithLog();
    bell.addEventListener("ring", (event) => {
      event.stopPropagation();
      event.preventDefault();
    });
    bell.addEventListener("ring", (event) => event.stopImmediatePropagation());
    bell.addEventListener("ring", note("after"));
    bell.ring();
    expect(log).toEqual([]);
    expect(bell.errors).toEqual([]);
  });

  test("what a listener throws is reported, and the others are called", () => {
    const { bell, log, note } = bellWithLog();
    const error = new Error("a listener's");
    bell.addEventListener("ring", () => {
      throw error;
    });
    bell.addEventListener("ring", note("called"));
    bell.ring();
    expect(bell.errors).toEqual([error]);
    expect(log).toEqual(["called"]);
  });
});

describe("an event handler attribute (HTML §8.1.8.1)", () => {
  test("is null until it is set, and after null or what is no object", () => {
    const { bell, note } = bellWithLog();
    expect(bell.onring).toBeNull();
    const handler = note("called");
    for (const none of [null, undefined, 2, "text", Symbol("s")]) {
      bell.onring = handler;
      expect(bell.onring).toBe(handler);
      bell.onring = none as null;
      expect(bell.onring).toBeNull();
    }
    expect(hasListener(bell, "ring")).toBe(false);
  });

  test("keeps its place when it is replaced, and loses it when it is set to null", () => {
    const { bell, log, note } = bellWithLog();
    bell.onring = note("handler");
    bell.addEventListener("ring", note("listener"));
    bell.onring = note("replaced");
    bell.ring();
    bell.onring = null;
    bell.onring = note("last");
    bell.ring();
    expect(log).toEqual(["replaced", "listener", "listener", "last"]);
  });

  test("replaced during the dispatch is called as it is then", () => {
    const { bell, log, note } = bellWithLog();
    bell.addEventListener("ring", () => {
      bell.onring = note("new");
    });
    bell.onring = note("old");
    bell.ring();
    expect(log).toEqual(["new"]);
  });

  test("that is an object is kept and not called", () => {
    const { bell, log } = bellWithLog();
    const object = { handleEvent: () => void log.push("called") };
    bell.onring = object as unknown as null;
    bell.ring();
    expect(bell.onring).toBe(object);
    expect(log).toEqual([]);
  });

  test("is another than a listener with the same function", () => {
    const { bell, log, note } = bellWithLog();
    const both = note("called");
    bell.onring = both;
    bell.addEventListener("ring", both);
    bell.removeEventListener("ring", both);
    bell.ring();
    expect(log).toEqual(["called"]);
  });
});

describe("what listeners promise", () => {
  test("is undefined if none promised anything", () => {
    const { bell } = bellWithLog();
    // oxlint-disable-next-line unicorn/no-thenable -- what a listener may return
    bell.onring = () => ({ then: "no function" });
    bell.addEventListener("ring", () => null);
    expect(bell.ring()).toBeUndefined();
    expect(new Bell().ring()).toBeUndefined();
  });

  test("settles with all of them", async () => {
    const { bell } = bellWithLog();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isSettled = false;
    bell.addEventListener("ring", () => first.promise);
    bell.addEventListener("ring", () => second.promise);
    const all = bell.ring()?.then(() => {
      isSettled = true;
    });
    second.resolve();
    await microtasks();
    expect(isSettled).toBe(false);
    first.resolve();
    await all;
    expect(isSettled).toBe(true);
  });

  test("rejects with one of them, and leaves no other rejection unhandled", async () => {
    const { bell } = bellWithLog();
    bell.addEventListener("ring", () => Promise.reject(new Error("first")));
    bell.addEventListener("ring", () => Promise.reject(new Error("second")));
    await expect(bell.ring()).rejects.toThrow("first");
  });

  test("may be a thenable of any kind", async () => {
    const { bell } = bellWithLog();
    const calls: string[] = [];
    bell.onring = () => ({
      // oxlint-disable-next-line unicorn/no-thenable -- what a listener may return
      then(resolve: (value: string) => void) {
        calls.push("then");
        resolve("at once");
        resolve("twice");
      },
    });
    const pending = bell.ring();
    expect(calls).toEqual([]);
    expect(await pending).toBe("at once");
  });

  test("is an error of the listener if its `then` cannot be read", () => {
    const { bell } = bellWithLog();
    bell.onring = () =>
      // oxlint-disable-next-line unicorn/no-thenable -- what a listener may return
      Object.defineProperty({}, "then", {
        get() {
          throw new Error("no then");
        },
      });
    expect(bell.ring()).toBeUndefined();
    expect(bell.errors).toEqual([new Error("no then")]);
  });
});

describe("a target is told of a listener", () => {
  class Waiting extends Bell {
    readonly added: string[] = [];

    protected override listenerAdded(type: string): void {
      this.added.push(`${type}: ${hasListener(this, "ring")}`);
    }
  }

  test("that addEventListener added, once it is there", () => {
    const waiting = new Waiting();
    waiting.addEventListener("ring", () => {});
    expect(waiting.added).toEqual(["ring: true"]);
  });

  test("that is an attribute which was null", () => {
    const waiting = new Waiting();
    for (const handler of [null, () => {}, () => {}, null, () => {}]) waiting.onring = handler;
    expect(waiting.added).toEqual(["ring: true", "ring: true"]);
  });

  test("unless nothing was added", () => {
    const [waiting, listener] = [new Waiting(), () => {}];
    waiting.addEventListener("ring", listener);
    waiting.addEventListener("ring", listener);
    waiting.addEventListener("ring", null);
    waiting.addEventListener("ring", () => {}, { signal: AbortSignal.abort() });
    expect(waiting.added).toHaveLength(1);
  });

  test("and may abort it at once", () => {
    const controller = new AbortController();
    class Impatient extends Bell {
      protected override listenerAdded(): void {
        controller.abort();
      }
    }
    const bell = new Impatient();
    bell.addEventListener("ring", () => {}, { signal: controller.signal });
    expect(hasListener(bell, "ring")).toBe(false);
  });
});

describe("dispatchEvent", () => {
  test("calls the listeners with any Event", () => {
    const { bell } = bellWithLog();
    const heard: unknown[] = [];
    bell.addEventListener("ring", (event) => heard.push(event));
    const events = [new Event("ring"), new SocketEvent("ring", bell)];
    expect(events.map((event) => bell.dispatchEvent(event))).toEqual([true, true]);
    expect(heard).toEqual(events);
  });

  test("tells whether an event that can be cancelled was", () => {
    const { bell } = bellWithLog();
    bell.onring = (event) => event.preventDefault();
    expect(bell.dispatchEvent(new Event("ring", { cancelable: true }))).toBe(false);
    expect(bell.dispatchEvent(new Event("ring"))).toBe(true);
  });

  test("takes nothing else", () => {
    expect(() => new Bell().dispatchEvent({ type: "ring" } as Event)).toThrow(TypeError);
  });
});

test("a target is an EventTarget of the platform", () => {
  expect(new Bell()).toBeInstanceOf(EventTarget);
});

test("an error event may carry what is no Error", () => {
  expect(new ErrorEvent(new Bell(), "text").message).toBe("text");
});
