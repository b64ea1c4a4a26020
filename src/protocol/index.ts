export { CloseCode, closeReasonBytesMax, isSendableCloseCode } from "./close-code.ts";
export {
  type CloseAction,
  type CloseEvent,
  CloseHandshake,
  type CloseState,
  endsTransportFirst,
} from "./close-handshake.ts";
export { type ErrorFacts, ProtocolError, type ProtocolErrorCode, protocolRules } from "./errors.ts";
export { FIN, frameHeaderBytes, frameHeaderBytesMax, RSV1, writeFrameHeader } from "./frame-header.ts";
export { type Limit, protocolLimits } from "./limits.ts";
export { applyMask } from "./mask.ts";
export type { MessageAssemblerOptions, MessageLimits } from "./message-assembler.ts";
export type { Deflater, Inflater } from "./message-codec.ts";
export type { CloseReason, MessageHandler } from "./message-handler.ts";
export { MessageReceiver } from "./message-receiver.ts";
export { Opcode } from "./opcode.ts";
export type { Role } from "./role.ts";
