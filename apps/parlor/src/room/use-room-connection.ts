import { useEffect, useSyncExternalStore } from "react";
import type { RoomClient } from "./room-client.ts";
import type { RoomState } from "./room-state.ts";

/** The state of the room as it changes; the line is looked at whenever the machine wakes or its network comes back. */
export function useRoomConnection(client: RoomClient): RoomState {
  useEffect(() => {
    function look(): void {
      if (document.visibilityState === "visible") client.checkLine();
    }
    addEventListener("online", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("online", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [client]);
  return useSyncExternalStore(
    (listener) => client.subscribe(listener),
    () => client.state,
  );
}
