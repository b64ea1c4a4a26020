import { describe } from "vitest";
import { describeServer } from "./describe-server.ts";
import { wsServer } from "./ws-server.ts";

describe("our client with the server of ws", () => {
  describeServer(wsServer);
});
