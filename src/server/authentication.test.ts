import { describe, expect, test } from "vitest";
import type { UpgradeRequest } from "../websocket/index.ts";
import {
  type Authenticate,
  Authentication,
  AuthenticationFailure,
  type AuthenticationOptions,
} from "./authentication.ts";

const attempt = { token: "secret-token", request: {} as UpgradeRequest, isResume: false };

function authenticationWith(options: AuthenticationOptions<unknown>) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const authentication = new Authentication(options, { info: write, warn: write, error: write });
  return { authentication, lines };
}

describe("Authentication", () => {
  test("lets everybody in without authenticate, all as the same user", async () => {
    const { authentication } = authenticationWith({});
    expect(authentication.isNeeded).toBe(false);
    expect(await authentication.decide(attempt)).toEqual({ user: undefined, userKey: "" });
  });

  test("hands the attempt on, and the user back", async () => {
    const authenticate: Authenticate<unknown> = (given) => Promise.resolve({ id: 7, given });
    const { authentication } = authenticationWith({ authenticate });
    const verdict = await authentication.decide(attempt);
    expect(verdict).toEqual({ user: { id: 7, given: attempt }, userKey: "7" });
  });

  test.each([
    ["ann", "ann"],
    [0, "0"],
    [5n, "5"],
    [{ id: "a", sub: "b" }, "a"],
    [{ id: { nested: 1 }, sub: "b" }, "b"],
  ])("knows %o by %j", async (user, userKey) => {
    const { authentication } = authenticationWith({ authenticate: () => user });
    expect(await authentication.decide(attempt)).toEqual({ user, userKey });
  });

  test("knows a user by the key that the application names", async () => {
    const options = { authenticate: () => ({ id: 1, tenant: "t" }), userKey: () => "t/1" };
    expect(await authenticationWith(options).authentication.decide(attempt)).toMatchObject({
      userKey: "t/1",
    });
  });

  test.each([null, undefined, false])("refuses where authenticate returns %s", async (user) => {
    const { authentication, lines } = authenticationWith({ authenticate: () => user });
    expect(await authentication.decide(attempt)).toEqual({ refused: "The server does not let this user in" });
    expect(lines).toEqual([]);
  });

  test.each([{ user: {} }, { user: "" }, { user: Number.NaN }, { user: true }, { user: { id: "" } }])(
    "refuses $user, which could be anybody, and says what to do",
    async ({ user }) => {
      const { authentication, lines } = authenticationWith({ authenticate: () => user });
      expect(await authentication.decide(attempt)).toHaveProperty("refused");
      expect(lines).toEqual([expect.stringContaining("or give the option userKey(user)")]);
    },
  );

  test.each([
    () => Promise.reject(new Error("no database for secret-token")),
    () => {
      throw new Error("no database");
    },
  ])("is rejected where authenticate fails, and the log has why, without the token", async (fail) => {
    const { authentication, lines } = authenticationWith({ authenticate: fail });
    await expect(authentication.decide(attempt)).rejects.toBeInstanceOf(AuthenticationFailure);
    expect(lines).toEqual([expect.stringContaining("authenticate() failed: Error: no database")]);
    expect(lines[0]).not.toContain("secret-token");
  });
});
