import type { Run } from "./chaos-ledger.ts";

/** What the server's process tells the other one. */
export type ServerNews =
  | { readonly kind: "ready"; readonly port: number }
  | {
      readonly kind: "ledger";
      readonly accepted: readonly Run[];
      readonly started: readonly Run[];
      readonly failures: number;
    }
  /** Something that does not happen in a good run: a gap, an end that is not clean, a warning. */
  | { readonly kind: "trouble"; readonly text: string };
