/** Close codes of RFC 6455 §7.4.1 and the IANA registry, by the registry's names. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  /** Never on the wire: the Close frame carried no code. */
  NoStatus: 1005,
  /** Never on the wire: the connection ended without a Close frame. */
  Abnormal: 1006,
  InvalidPayload: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
  /** Never on the wire: the TLS handshake failed. */
  TlsHandshake: 1015,
} as const;

/** The longest reason that fits a Close frame beside its code, in bytes of UTF-8 (RFC 6455 §5.5). */
export const closeReasonBytesMax = 123;

/** Whether a Close frame may carry the code (RFC 6455 §7.4): what may be sent is what is accepted. */
export function isSendableCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000) return code <= 4999;
  return (
    code >= 1000 &&
    code <= 1014 &&
    code !== 1004 &&
    code !== CloseCode.NoStatus &&
    code !== CloseCode.Abnormal
  );
}
