import type { ServeConfig } from "../../src/server/index.ts";
import { LineDemo } from "./server/line/line-demo.ts";
import { LineDirector } from "./server/line/line-director.ts";
import { Room } from "./server/room.ts";
import { RoomGuest } from "./server/room-guest.ts";
import { DEMO_LIMITS } from "./shared/line-demo.ts";
import { ROOM_LIMITS } from "./shared/room-limits.ts";
import { SESSION_PATHS } from "./shared/session-paths.ts";

const GOING_AWAY = 3000;

const room = new Room();
const demo = new LineDemo();

export default {
  static: "dist",
  sessions: {
    messageBytesMax: ROOM_LIMITS.pictureBytesMax + ROOM_LIMITS.envelopeHeaderBytesMax + 4,
    bufferedBytesMax: ROOM_LIMITS.bufferedBytesMax,
    // Newcomers who have not joined yet count as well, and those whose session has not ended yet.
    sessionsMax: 4 * ROOM_LIMITS.membersMax + 2 * DEMO_LIMITS.visitsMax,
  },
  endpoints: { "/line": demo.endpoint },
  onconnection({ session, socket, request }) {
    if (session === null) return socket.close(1008, "Parlor is for sessions");
    const isDemo = request.url === SESSION_PATHS.demo;
    const visitor = isDemo ? new LineDirector(demo, session) : new RoomGuest(room, session);
    session.onclose = ({ code }) => {
      // When the server goes away everybody comes back, and nobody has left.
      if (code !== GOING_AWAY) visitor.leave();
    };
  },
} satisfies ServeConfig;
