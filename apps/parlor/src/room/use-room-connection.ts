import { useSyncExternalStore } from "react";
import type { RoomClient } from "./room-client.ts";
import type { RoomState } from "./room-state.ts";

/** The state of the room as it changes. */
export function useRoomConnection(client: RoomClient): RoomState {
  return useSyncExternalStore(
    (listener) => client.subscribe(listener),
    () => client.state,
  );
}
