export { readUpgradeResponse, writeUpgradeRequest, type EstablishedUpgrade } from "./client-handshake.ts";
export { CloseCode, closeReasonBytesMax, isSendableCloseCode } from "./close-code.ts";
export { type CloseAction, CloseHandshake, endsTransportFirst } from "./close-handshake.ts";
export { checkDeflateOptions, type PerMessageDeflateOptions } from "./deflate-options.ts";
export {
  HandshakeError,
  type HandshakeErrorCode,
  handshakeRules,
  ProtocolError,
  type ProtocolErrorCode,
  protocolRules,
} from "./errors.ts";
export type { ExtraHeaders } from "./extra-headers.ts";
export { FIN, frameHeaderBytes, frameHeaderBytesMax, RSV1, writeFrameHeader } from "./frame-header.ts";
export { makeHandshakeKey } from "./handshake-key.ts";
export { type HeaderMap, headerMapFromRaw } from "./header-map.ts";
export { type RequestHead, readRequestHead, readResponseHead } from "./http-head.ts";
export { HttpHeadParser } from "./http-head-parser.ts";
export { type Limit, protocolLimits } from "./limits.ts";
export { applyMask } from "./mask.ts";
export type { MessageAssemblerOptions, MessageLimits } from "./message-assembler.ts";
export type { Deflater, Inflater } from "./message-codec.ts";
export type { CloseReason, MessageHandler } from "./message-handler.ts";
export { MessageReceiver } from "./message-receiver.ts";
export { Opcode } from "./opcode.ts";
export { createOriginPolicy, type OriginPolicy, type Origins } from "./origin-policy.ts";
export { acceptDeflateOffer, type DeflateParameters, deflateOffer } from "./permessage-deflate.ts";
export { isPromised, promiseMistake } from "./promised.ts";
export { type Refusal, writeRefusal } from "./refusal.ts";
export { readTarget } from "./request-target.ts";
export { showValue } from "./show-value.ts";
export type { Role } from "./role.ts";
export { readUpgradeRequest, type UpgradeOffer, writeUpgradeResponse } from "./server-handshake.ts";
export { SmallDeflater } from "./small-deflater.ts";
export { SmallInflater } from "./small-inflater.ts";
export { areSubprotocols, selectSubprotocol } from "./subprotocols.ts";
