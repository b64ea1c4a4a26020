import { describe } from "vitest";
import { describeServer } from "./describe-server.ts";
import { python } from "./python.ts";
import { pythonServer } from "./python-server.ts";

describe.skipIf(python.missing)("our client with the server of Python's websockets", () => {
  describeServer(pythonServer);
});
