/**
 * What this layer uses of the platform, which every browser and Node have. It declares no more than is used and is no
 * part of what is published: there, the same names mean what the DOM's or Node's declarations say.
 */

interface Event {
  readonly type: string;
  readonly defaultPrevented: boolean;
}

declare const Event: { readonly prototype: Event; new (type: string): Event };

interface EventTarget {
  dispatchEvent(event: Event): boolean;
}

declare const EventTarget: { readonly prototype: EventTarget; new (): EventTarget };

interface AbortSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options: { once: boolean }): void;
}

interface Blob {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

declare const Blob: { readonly prototype: Blob; new (parts: readonly Uint8Array[]): Blob };

declare const DOMException: { new (message: string, name: string): Error };

interface URL {
  protocol: string;
  readonly href: string;
  readonly origin: string;
}

declare const URL: {
  readonly prototype: URL;
  new (url: string, base?: string): URL;
  canParse(url: string, base?: string): boolean;
};

declare const performance: { now(): number };

/** Node alone has it. */
declare const Buffer: {
  new (): Uint8Array;
  from(memory: ArrayBuffer, byteOffset: number, length: number): Uint8Array;
};
