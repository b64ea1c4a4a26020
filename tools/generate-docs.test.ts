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

test("an error is a row under its class", () => {
  const text = renderErrors([
    { WS_TEXT_UTF8: { closeCode: 1007, clause: "RFC 6455 §8.1", message: "A | B" } },
    { WS_HANDSHAKE_METHOD: { status: 405, clause: "RFC 6455 §4.2.1", message: "The method is {method}" } },
  ]);
  const [onOpen, inHandshake] = text.split("`HandshakeError`");
  expect(onOpen).toContain("| `WS_TEXT_UTF8` | 1007 | A \\| B | RFC 6455 §8.1 |");
  expect(inHandshake).toContain("| `WS_HANDSHAKE_METHOD` | 405 | The method is {method} | RFC 6455 §4.2.1 |");
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
