import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { describe } from "vitest";
import type { ClientReport, ClientTask, PeerClient } from "./client-task.ts";
import { describeClient } from "./describe-client.ts";
import { runStandardClient } from "./standard-client.ts";

const nodeClient: PeerClient = {
  name: "Node's WebSocket",
  traits: {
    fragments: false,
    pings: false,
    // Node 24 agrees on compression and then sends everything as it is, which is allowed (RFC 7692 §6).
    compresses: false,
    limitsWindow: true,
    showsParameters: true,
    keepsByteOrderMark: false,
  },
  run,
};

/** The standard's constructor has no place for a certificate to trust; it becomes one of the process's. */
async function run(url: string, task: ClientTask): Promise<ClientReport> {
  if (task.ca === undefined) return await runStandardClient(url, task);
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, task.ca]);
  try {
    return await runStandardClient(url, task);
  } finally {
    setDefaultCACertificates(before);
  }
}

describe("our server with Node's own WebSocket", () => {
  describeClient(nodeClient);
});
