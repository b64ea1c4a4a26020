/** Where warnings go: what a developer should know of, not what a peer did wrong. `console` and pino fit. */
export interface Log {
  warn(message: string): void;
}
