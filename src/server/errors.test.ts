import { describe, expect, test } from "vitest";
import { listenError, ServerError, type ServerErrorCode, serverFailures } from "./errors.ts";

const address = { host: "127.0.0.1", port: 80 };

describe("ServerError", () => {
  test.each(Object.keys(serverFailures) as ServerErrorCode[])(
    "%s says it in one line without placeholders",
    (code) => {
      const error = new ServerError(code, address, { cause: new Error("broken cable") });
      expect(error.message).not.toMatch(/[{}\n]/);
      expect(error).toMatchObject({ name: "ServerError", code, ...address });
    },
  );

  test("has a message without a cause, too", () => {
    expect(new ServerError("SERVER_LISTEN_FAILED", address).message).toContain("the reason is unknown");
  });
});

describe("listenError", () => {
  test.each([
    [
      "EADDRINUSE",
      "SERVER_PORT_IN_USE",
      "Port 80 on 127.0.0.1 is in use: stop what listens there, or choose another port",
    ],
    [
      "EACCES",
      "SERVER_PORT_FORBIDDEN",
      "This user may not listen on port 80 of 127.0.0.1: choose a port from 1024 on",
    ],
    ["EADDRNOTAVAIL", "SERVER_HOST_NOT_LOCAL", "127.0.0.1 is not an address of this machine"],
    ["ENOTFOUND", "SERVER_HOST_UNKNOWN", "There is no host named 127.0.0.1"],
    ["EMFILE", "SERVER_LISTEN_FAILED", "Cannot listen on port 80 of 127.0.0.1: from Node"],
    [undefined, "SERVER_LISTEN_FAILED", "Cannot listen on port 80 of 127.0.0.1: from Node"],
  ])("makes %s a %s", (errno, code, message) => {
    const cause = Object.assign(new Error("from Node"), { code: errno });
    expect(listenError(cause, address)).toMatchObject({ code, message, cause });
  });
});
