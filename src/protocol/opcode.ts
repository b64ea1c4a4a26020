/** Frame opcodes (RFC 6455 §5.2, §11.8). 3–7 and 11–15 are reserved. */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;

export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Opcodes with the high bit set are control frames (RFC 6455 §5.5). */
export function isControl(opcode: number): boolean {
  return opcode >= Opcode.Close;
}

/** Whether RFC 6455 defines the opcode. */
export function isDefined(opcode: number): opcode is Opcode {
  return opcode <= Opcode.Binary || (opcode >= Opcode.Close && opcode <= Opcode.Pong);
}
