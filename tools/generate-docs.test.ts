import { expect, test } from "vitest";
import { formatAmount, placeBlock, renderCloseCodes, renderErrors, renderLimits } from "./generate-docs.ts";

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
    sessionRules: { SESSION_LOST: { closeCode: 3005, message: "It is lost" } },
    protocolRules: { WS_TEXT_UTF8: { closeCode: 1007, clause, message: "A | B" } },
    serverFailures: { SERVER_PORT_IN_USE: { errno: "EADDRINUSE", message: "Port {port} is in use" } },
  });
  const sections = text.split("\n## ").slice(1);
  expect(sections.map((section) => section.split("\n").at(-2))).toEqual([
    `| \`WS_TEXT_UTF8\` | 1007 | A \\| B | ${clause} |`,
    `| \`WS_HANDSHAKE_METHOD\` | 405 | The method is {method} | ${clause} |`,
    "| `WS_LOST` | The connection is lost |",
    "| `SESSION_LOST` | 3005 | It is lost |",
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

test("the close codes are in order, each with all that ends a link so", () => {
  const text = renderCloseCodes({
    SESSION_B: { closeCode: 3503, message: "Not {what}" },
    SESSION_A: { closeCode: 3000, message: "Goes away" },
    SESSION_D: { closeCode: 3500, message: "Taken over" },
    SESSION_C: { closeCode: 3503, message: "Not now" },
  });
  expect(text.split("\n").slice(2)).toEqual([
    '| 3000 | "Goes away" | `retryAfterMs`, perhaps | connects again |',
    '| 3500 | "Taken over" | `linkEpoch` | stops |',
    '| 3503 | "Not {what}", "Not now" |  | stops |',
  ]);
});

const document = "Before\n<!-- layers:begin -->\nold\n<!-- layers:end -->\nAfter\n";

test("a block replaces what stands between its markers, and a second time changes nothing", () => {
  const placed = placeBlock(document, "layers", "L0  src/wire");
  expect(placed).toBe("Before\n<!-- layers:begin -->\n\nL0  src/wire\n\n<!-- layers:end -->\nAfter\n");
  expect(placeBlock(placed!, "layers", "L0  src/wire")).toBe(placed);
});

test("a document without the markers is told from one that is stale", () => {
  expect(placeBlock("No markers", "layers", "L0")).toBeNull();
  expect(placeBlock("<!-- layers:end --> <!-- layers:begin -->", "layers", "L0")).toBeNull();
  expect(placeBlock(document, "close-codes", "3000")).toBeNull();
});
