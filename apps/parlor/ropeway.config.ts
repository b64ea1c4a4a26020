import type { ServeConfig } from "../../src/server/index.ts";
import { Room } from "./server/room.ts";
import { RoomGuest } from "./server/room-guest.ts";
import { ROOM_LIMITS } from "./shared/room-limits.ts";

const room = new Room();

export default {
  static: "dist",
  sessions: {
    messageBytesMax: ROOM_LIMITS.pictureBytesMax + ROOM_LIMITS.envelopeHeaderBytesMax + 4,
    bufferedBytesMax: ROOM_LIMITS.bufferedBytesMax,
    // Newcomers who have not joined yet count as well.
    sessionsMax: 4 * ROOM_LIMITS.membersMax,
  },
  onconnection({ session, socket }) {
    if (session === null) return socket.close(1008, "Parlor is for sessions");
    const guest = new RoomGuest(room, session);
    session.onclose = () => guest.leave();
  },
} satisfies ServeConfig;
