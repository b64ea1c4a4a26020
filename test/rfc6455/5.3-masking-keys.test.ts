import { expect, test } from "vitest";
import { openPair } from "../raw-peer/open-pair.ts";

const frameCount = 4096;

/** The masking keys of as many frames, with the same payload each. */
async function maskingKeys(): Promise<Buffer[]> {
  await using pair = await openPair("client");
  for (let i = 0; i < frameCount; i++) pair.engine.connection.send("the same again");
  const frames = await pair.peer.readFrames(frameCount);
  return frames.map(({ mask, payload }) => {
    expect(payload.toString()).toBe("the same again");
    return mask!;
  });
}

/** The share of set bits at each of the 32 places. Of 4,096 fair coins it strays from a half by 5 % in 1 of 10^9 runs. */
function bitShares(words: number[]): number[] {
  return Array.from(
    { length: 32 },
    (_, bit) => words.filter((word) => (word >>> bit) & 1).length / words.length,
  );
}

test("[6455-5.3-1 client] [6455-5.3-2 client] [6455-10.3-1 client] each frame has its mask bit set and a key of its own", async () => {
  const keys = (await maskingKeys()).map((key) => key.toString("hex"));
  // Of 4,096 random 32-bit keys, two meet in one run of 500; three pairs do not.
  expect(new Set(keys).size).toBeGreaterThan(frameCount - 3);
});

test("[6455-5.3-3 client] the keys have the spread of random bits", async () => {
  const words = (await maskingKeys()).map((key) => key.readUInt32BE());
  for (const share of bitShares(words)) expect(Math.abs(share - 0.5)).toBeLessThan(0.05);
});

test("[6455-5.3-4 client] [6455-10.3-1 client] a key says nothing of the next: neither their difference nor their XOR repeats", async () => {
  const words = (await maskingKeys()).map((key) => key.readUInt32BE());
  const next = words.slice(1);
  const differences = next.map((word, i) => (word - words[i]!) >>> 0);
  const xors = next.map((word, i) => (word ^ words[i]!) >>> 0);
  for (const share of [...bitShares(differences), ...bitShares(xors)])
    expect(Math.abs(share - 0.5)).toBeLessThan(0.05);
  expect(new Set(differences).size).toBeGreaterThan(frameCount - 5);
  expect(new Set(xors).size).toBeGreaterThan(frameCount - 5);
});

test("[6455-5.3-3 client] two connections do not share their keys", async () => {
  const first = new Set((await maskingKeys()).map((key) => key.toString("hex")));
  const shared = (await maskingKeys()).filter((key) => first.has(key.toString("hex")));
  expect(shared.length).toBeLessThan(3);
});
