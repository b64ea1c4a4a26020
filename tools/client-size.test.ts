import { expect, test } from "vitest";
import { describeExcess, describeSize, type MeasuredEntry, measureClient } from "./client-size.ts";

const modules = [{ file: "src/session/session.ts", bytes: 15_000 }];

function measured(bytes: number): MeasuredEntry {
  return { name: "connect alone", bytes, bytesMax: 8_000, modules };
}

test("an entry at its limit is in order", () => {
  expect(describeSize(measured(8_000))).toBe("connect alone    8,000 bytes of 8,000, 0 left");
  expect(describeExcess(measured(8_000))).toBe("");
});

test("an entry past its limit names its largest modules", () => {
  expect(describeSize(measured(8_001))).toMatch(/8,001 bytes of 8,000, 1 too many$/);
  expect(describeExcess(measured(8_001))).toMatch(/connect alone.*\n +15,000 {2}src\/session\/session\.ts$/);
});

test("an entry may be larger than wanted, and says by how much", () => {
  const entry = { ...measured(7_000), bytesWanted: 5_000 };
  expect(describeSize(entry)).toMatch(/, 1,000 left \(wanted: 5,000, 2,000 too many\)$/);
  expect(describeExcess(entry)).toBe("");
});

test("`connect` alone has neither the drop-in class nor anything of the server", async () => {
  const [alone, whole] = await measureClient();
  const filesOf = (entry: MeasuredEntry): string[] => entry.modules.map(({ file }) => file);
  expect(filesOf(whole!)).toContain("src/client/websocket.ts");
  expect(filesOf(alone!)).not.toContain("src/client/websocket.ts");
  expect(filesOf(alone!).filter((file) => /server|registry|directory/.test(file))).toEqual([]);
});
