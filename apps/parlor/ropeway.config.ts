import type { ServeConfig } from "../../src/server/index.ts";
import { Room } from "./server/room.ts";
import { RoomGuest } from "./server/room-guest.ts";
import { ROOM_LIMITS } from "./shared/room-limits.ts";

let room: Room | undefined;

export default {
  static: "dist",
  endpoints: {
    "/room": {
      maxPayload: ROOM_LIMITS.pictureBytesMax + ROOM_LIMITS.envelopeHeaderBytesMax + 4,
      // Newcomers who have not joined yet count as well.
      connectionsMax: 2 * ROOM_LIMITS.membersMax,
      onconnection({ socket, server }) {
        room ??= new Room(server);
        const guest = new RoomGuest(room, socket);
        socket.onmessage = ({ data }) => guest.receive(data);
        socket.onclose = () => guest.leave();
      },
    },
  },
} satisfies ServeConfig;
