import { describe, expect, test } from "vitest";
import { defineStates, flattenPrototype } from "./standard-interface.ts";

describe("the constants (Web IDL §3.7.5)", () => {
  class Socket {
    readonly url = "";
  }
  defineStates(Socket);

  test.each([
    ["CONNECTING", 0],
    ["OPEN", 1],
    ["CLOSING", 2],
    ["CLOSED", 3],
  ])("%s is %d on constructor and prototype, for good", (name, value) => {
    const constant = { value, enumerable: true, writable: false, configurable: false };
    expect(Object.getOwnPropertyDescriptor(Socket, name)).toEqual(constant);
    expect(Object.getOwnPropertyDescriptor(Socket.prototype, name)).toEqual(constant);
  });
});

describe("a flattened prototype (Web IDL §3.7.6)", () => {
  class Root {
    readonly state = 0;
  }
  class Base extends Root {
    get url(): string {
      return "base";
    }
    get extra(): string {
      return "base";
    }
    own(): string {
      return "base";
    }
  }
  class Derived extends Base {
    override own(): string {
      return "derived";
    }
  }
  flattenPrototype(Derived.prototype, Base.prototype, new Set(["url"]));
  const derived = new Derived();

  test("has what its base has, except where it has its own", () => {
    expect([derived.url, derived.extra, derived.own()]).toEqual(["base", "base", "derived"]);
    expect(Object.hasOwn(Derived.prototype, "url")).toBe(true);
  });

  test("lets the members of the standard be enumerated", () => {
    expect(Object.keys(Derived.prototype)).toEqual(["url"]);
  });

  test("descends from what its base descends from", () => {
    expect(Object.getPrototypeOf(Derived.prototype)).toBe(Root.prototype);
  });

  test("lacks a member that is deleted on it", () => {
    delete (Derived.prototype as { extra?: string }).extra;
    expect(derived.extra).toBeUndefined();
  });
});
