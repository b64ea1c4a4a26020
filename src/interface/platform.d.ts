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
}

declare const URL: { new (url: string): { readonly origin: string }; canParse(url: string): boolean };

declare const performance: { now(): number };
