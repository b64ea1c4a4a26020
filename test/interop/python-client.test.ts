import { describe } from "vitest";
import { describeClient } from "./describe-client.ts";
import { python, pythonClient } from "./python.ts";

describe.skipIf(python.missing)("our server with the client of Python's websockets", () => {
  describeClient(pythonClient);
});
