import { expect } from "vitest";
import type { Pair } from "../raw-peer/open-pair.ts";

/**
 * The engine fails the connection: the peer gets a Close frame with the code and the end of the connection, the
 * application an error that names the rule, and a close event that is not clean.
 */
export async function expectFailure(pair: Pair, closeCode: number, errorCode: string): Promise<void> {
  expect(await pair.peer.readFailure()).toBe(closeCode);
  expect(pair.peer.stream.waiting).toHaveLength(0);
  const { wasClean } = await pair.engine.closed;
  expect(wasClean).toBe(false);
  expect(pair.engine.errors).toMatchObject([{ code: errorCode, closeCode }]);
}
