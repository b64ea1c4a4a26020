import { useMemo } from "react";
import type { ViewablePicture } from "../pictures/shown-picture.tsx";
import type { EntryActions } from "./entry-view.tsx";
import type { RoomClient } from "./room-client.ts";

/** The same object on every render, so that entries that did not change are not drawn again. */
export function useEntryActions(
  client: RoomClient,
  onOpen: (picture: ViewablePicture) => void,
): EntryActions {
  return useMemo(
    () => ({
      onOpen,
      onAgain: (ref) => client.sayAgain(ref),
      onDiscard: (ref) => client.discard(ref),
    }),
    [client, onOpen],
  );
}
