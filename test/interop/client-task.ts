/** What a peer does with the connection that it opens. Unless told otherwise it echoes until the server closes. */
export interface ClientTask {
  readonly protocols?: readonly string[];
  /** Echo each message in this many fragments. */
  readonly fragments?: number;
  /** Close as soon as the connection is open. */
  readonly close?: { readonly code?: number; readonly reason?: string };
  /** Send a ping as soon as the connection is open, and report what the pong carried. */
  readonly ping?: string;
  /** A certificate to trust (PEM). */
  readonly ca?: string;
}

/** What the peer saw. */
export interface ClientReport {
  readonly opened: boolean;
  readonly protocol: string;
  readonly extensions: string;
  readonly code: number;
  readonly reason: string;
  readonly pong?: string;
}

/** Another implementation as a client of our server. */
export interface PeerClient {
  readonly name: string;
  readonly traits: PeerTraits;
  /** Does the task, and resolves when the connection has ended or could not be opened. */
  run(url: string, task: ClientTask): Promise<ClientReport>;
}

/** What differs between clients. */
export interface PeerTraits {
  /** Whether it can be told to send a message in fragments. */
  readonly fragments: boolean;
  /** Whether it can be told to send a ping. */
  readonly pings: boolean;
  /** Whether it compresses what it sends, where that is agreed on. */
  readonly compresses: boolean;
  /** Whether it offers to limit its window; a server that insists on a limit does without compression otherwise. */
  readonly limitsWindow: boolean;
  /** Whether its user sees the parameters of an extension and not its name only. */
  readonly showsParameters: boolean;
  /** Whether its user gets a byte order mark that a text begins with, as the standard says. */
  readonly keepsByteOrderMark: boolean;
}
