import { expect, test } from "vitest";
import { formatAmount, placeLayers, renderErrors, renderLimits } from "./generate-docs.ts";

const row = { unit: "bytes", where: "WebSocketServer", description: "A message", past: "close code 1009" };

test("a limit is a row with its default as people read it", () => {
  const text = renderLimits([{ maxPayload: { ...row, default: 16 * 1024 * 1024 } }]);
  expect(text).toContain("| `maxPayload` | 16 MiB | A message | close code 1009 | WebSocketServer |");
});

test("a limit that two layers claim is refused", () => {
  const table = { maxPayload: { ...row, default: 1 } };
  expect(() => renderLimits([table, table])).toThrow("maxPayload stands in two tables");
});

test.each([
  [16384, "bytes", "16 KiB"],
  [16385, "bytes", "16,385 bytes"],
  [10_000, "ms", "10 s"],
  [1_500, "ms", "1,500 ms"],
  [100, "headers", "100 headers"],
  [0, "ms", "off"],
  [Number.POSITIVE_INFINITY, "connections", "none"],
])("%d %s is written as %s", (amount, unit, text) => {
  expect(formatAmount(amount, unit)).toBe(text);
});

test("an error is a row under its class, with what the class tells of it", () => {
  const clause = "RFC 6455 §8.1";
  const text = renderErrors({
    commandFailures: { CLI_OPTION: { exitCode: 2, message: "{option} is wrong" } },
    connectionRules: { WS_LOST: "The connection is lost" },
    handshakeRules: { WS_HANDSHAKE_METHOD: { status: 405, clause, message: "The method is {method}" } },
    protocolRules: { WS_TEXT_UTF8: { closeCode: 1007, clause, message: "A | B" } },
    serverFailures: { SERVER_PORT_IN_USE: { errno: "EADDRINUSE", message: "Port {port} is in use" } },
  });
  const sections = text.split("\n## ").slice(1);
  expect(sections.map((section) => section.split("\n").at(-2))).toEqual([
    `| \`WS_TEXT_UTF8\` | 1007 | A \\| B | ${clause} |`,
    `| \`WS_HANDSHAKE_METHOD\` | 405 | The method is {method} | ${clause} |`,
    "| `WS_LOST` | The connection is lost |",
    "| `SERVER_PORT_IN_USE` | EADDRINUSE | Port {port} is in use |",
    "| `CLI_OPTION` | 2 | {option} is wrong |",
  ]);
});

test("a row says nothing in a column that it has no value for", () => {
  const text = renderErrors({ serverFailures: { SERVER_CLOSED: { errno: "", message: "Closed" } } });
  expect(text).toContain(
    "| code | Node's error | message |\n| --- | --- | --- |\n| `SERVER_CLOSED` |  | Closed |",
  );
});

test("a table of errors that has no section is refused", () => {
  expect(() => renderErrors({ channelRules: {} })).toThrow(
    "No section of docs/errors.md takes the table channelRules",
  );
});

const document = "Before\n<!-- layers:begin -->\nold\n<!-- layers:end -->\nAfter\n";

test("the diagram replaces what stands between the markers, and a second time changes nothing", () => {
  const placed = placeLayers(document, "L0  src/wire");
  expect(placed).toMatch(
    /^Before\n<!-- layers:begin -->\n\n```text\nL0 {2}src\/wire\n```\n\n<!-- layers:end -->\nAfter\n$/,
  );
  expect(placeLayers(placed!, "L0  src/wire")).toBe(placed);
});

test("a document without the markers is told from one that is stale", () => {
  expect(placeLayers("No markers", "L0")).toBeNull();
  expect(placeLayers("<!-- layers:end --> <!-- layers:begin -->", "L0")).toBeNull();
});
