import { randomBytes } from "node:crypto";
import { createServer, type EndpointOptions } from "../../../../src/server/index.ts";
import { DEMO_LIMITS } from "../../shared/line-demo.ts";
import { type DirectingSession, LineVisit } from "./line-visit.ts";
import { Relay } from "./relay.ts";

const SESSION_PROTOCOL = "ropeway.1";

/**
 * The first screen's demonstration. At `/line` a page's connections, plain and of sessions, enter the network of its visit,
 * where they can be cut; behind it is an application server that knows nothing of that, with the partner of each visit.
 */
export class LineDemo {
  readonly #visits = new Map<string, LineVisit>();
  #farUrl: Promise<string> | undefined;

  /** The entrance of the network. */
  readonly endpoint: EndpointOptions = {
    handleProtocols: [SESSION_PROTOCOL],
    maxPayload: DEMO_LIMITS.frameBytesMax,
    connectionsMax: DEMO_LIMITS.visitsMax * DEMO_LIMITS.relaysMax,
    verifyClient: ({ url }) => {
      if (this.#visitOf(url)?.network.admits === true) return true;
      return { status: 503, message: "The line is cut" };
    },
    onconnection: async ({ socket, request }) => {
      const farUrl = await this.#far();
      const visit = this.#visitOf(request.url);
      // The line may have been cut since the handshake.
      if (visit?.network.admits !== true) return socket.terminate();
      const relay = new Relay(socket, `${farUrl}?visit=${visit.id}`, (ended) => visit.network.remove(ended));
      visit.network.add(relay);
      await relay.start();
    },
  };

  /** Null if there are too many. */
  beginVisit(session: DirectingSession): LineVisit | null {
    if (this.#visits.size >= DEMO_LIMITS.visitsMax) return null;
    // Only its own page knows the id, so nobody else can use or cut its lines.
    const visit = new LineVisit(randomBytes(16).toString("base64url"), session);
    this.#visits.set(visit.id, visit);
    return visit;
  }

  endVisit(visit: LineVisit): void {
    this.#visits.delete(visit.id);
    visit.end();
  }

  #visitOf(url: string): LineVisit | undefined {
    return this.#visits.get(new URL(url, "http://parlor").searchParams.get("visit") ?? "");
  }

  /** Listens for itself alone, when the first page wants it. */
  #far(): Promise<string> {
    this.#farUrl ??= this.#startFar();
    return this.#farUrl;
  }

  async #startFar(): Promise<string> {
    const { visitsMax, messagesMax } = DEMO_LIMITS;
    const sessions = {
      sessionsMax: 4 * visitsMax,
      bufferedMessagesMax: messagesMax,
      suspendedMsMax: DEMO_LIMITS.suspendedMsMax,
    };
    const server = createServer({ sessions });
    // The same code for a session and for a plain WebSocket: what becomes of their messages is all that differs.
    server.onconnection = ({ socket, session, request }) => {
      const visit = this.#visitOf(request.url);
      if (visit === undefined) return socket.close(1008, "There is no such visit");
      visit.partner.attach(session === null ? "plain" : "session", socket);
    };
    const { port } = await server.listen(0, "127.0.0.1");
    return `ws://127.0.0.1:${port}/ropeway`;
  }
}
