import { expect, test } from "vitest";
import { sessionLimits } from "./limits.ts";
import { sessionOptions } from "./session-options.ts";

test("fills in the limits of the table", () => {
  expect(sessionOptions()).toEqual({
    messageBytesMax: sessionLimits.messageBytesMax.default,
    bufferedBytesMax: sessionLimits.bufferedSessionBytesMax.default,
    bufferedMessagesMax: sessionLimits.bufferedMessagesMax.default,
    queueAgeMsMax: sessionLimits.queueAgeMsMax.default,
    window: { messages: sessionLimits.windowMessages.default, bytes: sessionLimits.windowBytes.default },
    receiveBytesMax: sessionLimits.receiveBytesMax.default,
    streamsMax: sessionLimits.streamsMax.default,
    closeTimeoutMs: sessionLimits.sessionCloseTimeoutMs.default,
    heartbeatMs: sessionLimits.sessionHeartbeatMs.default,
  });
});

test("keeps what is given", () => {
  const given = {
    messageBytesMax: 5,
    bufferedBytesMax: 6,
    bufferedMessagesMax: 1,
    queueAgeMsMax: 0,
    window: { messages: 1, bytes: 1 },
    receiveBytesMax: 6,
    streamsMax: 0,
    closeTimeoutMs: 1,
    heartbeatMs: 0,
  };
  expect(sessionOptions(given)).toEqual(given);
});

test("makes room for a large message", () => {
  const messageBytesMax = 100 * 1024 * 1024;
  const { bufferedBytesMax, receiveBytesMax, window } = sessionOptions({ messageBytesMax });
  expect([bufferedBytesMax, receiveBytesMax]).toEqual([messageBytesMax, messageBytesMax + window.bytes]);
});

test.each([
  [{ messageBytesMax: 0 }, "Option messageBytesMax is 0; it is an integer of at least 1"],
  [{ streamsMax: -1 }, "Option streamsMax is -1; it is an integer of at least 0"],
  [{ heartbeatMs: 1.5 }, "Option heartbeatMs is 1.5; it is an integer of at least 0"],
  [{ closeTimeoutMs: Number.NaN }, "Option closeTimeoutMs is NaN; it is an integer of at least 1"],
  [{ window: { messages: 0, bytes: 1 } }, "Option window is 0 messages and 1 bytes; both are"],
  [{ window: { messages: 1, bytes: 0 } }, "Option window is 1 messages and 0 bytes; both are"],
  [{ window: { messages: 1.5, bytes: 1 } }, "Option window is 1.5 messages and 1 bytes; both are"],
  [{ window: { messages: 1, bytes: 0.5 } }, "Option window is 1 messages and 0.5 bytes; both are"],
  [
    { receiveBytesMax: 10 },
    "Option receiveBytesMax is 10; a message (1048576) and a window (262144) need more",
  ],
  [{ bufferedBytesMax: 10 }, "Option bufferedBytesMax is 10, less than messageBytesMax (1048576)"],
])("refuses %j", (options, message) => {
  expect(() => sessionOptions(options)).toThrow(message);
  expect(() => sessionOptions(options)).toThrow(RangeError);
});
