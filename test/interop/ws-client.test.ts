import { describe } from "vitest";
import { describeClient } from "./describe-client.ts";
import { wsClient } from "./ws-client.ts";

describe("our server with the client of ws", () => {
  describeClient(wsClient);
});
