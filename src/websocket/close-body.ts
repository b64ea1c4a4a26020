/** A Close frame's body (RFC 6455 §5.5.1); a reason that does not fit is cut between characters. */
export function closeBody(code: number, reason: string): Buffer {
  const body = Buffer.allocUnsafe(125);
  body.writeUInt16BE(code, 0);
  return body.subarray(0, 2 + body.write(reason, 2));
}
