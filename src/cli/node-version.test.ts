import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { nodeVersionMin, nodeVersionProblem } from "./node-version.ts";

describe("nodeVersionProblem", () => {
  test.each(["22.13.0", "22.18.1", "23.0.0", "24.21.0", "26.1.0", "100.0.0"])(
    "accepts Node %s",
    (version) => {
      expect(nodeVersionProblem(version)).toBeNull();
    },
  );

  test.each(["22.12.9", "22.2.0", "20.19.5", "18.0.0", "9.11.2"])(
    "names Node %s, what is needed and what to do",
    (version) => {
      const problem = nodeVersionProblem(version);
      expect(problem).toContain(`this is Node ${version}`);
      expect(problem).toContain("22.13 or later");
      expect(problem).toContain("https://nodejs.org");
      expect(problem).not.toContain("\n");
    },
  );

  test("asks for what package.json asks for", () => {
    expect(packageJson.engines.node).toBe(`>=${nodeVersionMin}`);
  });
});
