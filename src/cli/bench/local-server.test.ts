import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import {
  findServerProcesses,
  findSockets,
  readCpuOf,
  readMemoryOf,
  readProgramName,
} from "./local-server.ts";

const noProcess = 2 ** 30;

test("the server's ends of connections are found in the table of sockets, over IPv4 and IPv6", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 101 1 0 20 4 30 10 -1
   2: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 102 1 0 20 4 30 10 -1
   3: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:C002 01 0:0 0:0 0     0        0 103 1
   4: 0100007F:1F90 0100007F:C003 01 00000000:00000000 00:00000000 00000000     0        0 104 1 0 20 4 30 10 -1
`;
  const client = new Set([0xc001, 0xc002]);
  expect(findSockets(table, { server: 8080, client })).toEqual(["101", "103"]);
  expect(findSockets("", { server: 8080, client })).toEqual([]);
});

describe.runIf(process.platform === "linux")("a server on this machine", () => {
  test("is found by the connection that it holds, and its cost is read", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = connect(port, "127.0.0.1");
    const [[socket]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
      [{ destroy(): void }],
      unknown,
    ];
    const ports = { server: port, client: new Set([client.localPort!]) };
    expect(findServerProcesses(ports)).toEqual([process.pid]);
    expect(findServerProcesses({ ...ports, server: port + 1 })).toEqual([]);
    for (const end of [client, socket]) end.destroy();
    server.close();
  });

  test("costs CPU time and memory, which are not known of one that has ended", () => {
    expect(readCpuOf([process.pid, process.pid])).toBeGreaterThan(readCpuOf([process.pid]));
    expect(readMemoryOf([process.pid])).toBeGreaterThan(1_000_000);
    expect([readCpuOf([noProcess]), readMemoryOf([noProcess])]).toEqual([Number.NaN, Number.NaN]);
  });

  test("is named by its program", () => {
    expect(readProgramName(process.pid)).toBe(basename(process.argv0));
    expect(readProgramName(noProcess)).toBe("");
  });
});
