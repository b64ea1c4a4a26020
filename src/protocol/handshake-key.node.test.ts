import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { acceptFor } from "./handshake-key.ts";

test("the example of RFC 6455 §4.2.2 [6455-4.2.2-15 server]", () => {
  const sha1Base64 = (text: string) => createHash("sha1").update(text).digest("base64");
  expect(acceptFor("dGhlIHNhbXBsZSBub25jZQ==", sha1Base64)).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});
