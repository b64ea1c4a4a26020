import { useId, useState } from "react";
import { LineNotice } from "../connection/line-notice.tsx";
import { LiveButtons } from "../live/live-buttons.tsx";
import { LiveStage } from "../live/live-stage.tsx";
import { useOwnLive } from "../live/use-own-live.ts";
import { PictureViewer } from "../pictures/picture-viewer.tsx";
import { PICTURE_RULE } from "../pictures/read-picture.ts";
import type { ViewablePicture } from "../pictures/shown-picture.tsx";
import { useBroughtFiles } from "../pictures/use-brought-files.ts";
import { usePictureTray } from "../pictures/use-picture-tray.ts";
import { Composer } from "./composer.tsx";
import { Conversation } from "./conversation.tsx";
import { PeopleList } from "./people-list.tsx";
import { RoomBar } from "./room-bar.tsx";
import type { RoomClient } from "./room-client.ts";
import { useEntryActions } from "./use-entry-actions.ts";
import { useRoomConnection } from "./use-room-connection.ts";

export function RoomView({ client, onLeave }: { client: RoomClient; onLeave: () => void }) {
  const state = useRoomConnection(client);
  const { line, you, members } = state;
  const live = useOwnLive(client, state);
  const tray = usePictureTray();
  const isDragging = useBroughtFiles((files) => tray.add(files));
  const [opened, setOpened] = useState<ViewablePicture | null>(null);
  const [isPeopleOpen, setPeopleOpen] = useState(false);
  const people = { id: useId(), isOpen: isPeopleOpen, onToggle: () => setPeopleOpen(!isPeopleOpen) };
  const actions = useEntryActions(client, setOpened);

  const yourself = members.find(({ id }) => id === you);
  const showing = members.filter((member) => member.live !== null && member.id !== you);
  const isShowing = yourself !== undefined && yourself.live !== null;
  return (
    <div
      className="room"
      data-live={showing.length > 0 || live.source !== null}
      onKeyDown={(event) => event.key === "Escape" && setPeopleOpen(false)}
    >
      <RoomBar line={line} membersCount={members.length} people={people} />
      <LineNotice state={line} onRetry={() => client.retryNow()} />
      <LiveStage others={showing} own={live.source} isOwnShown={isShowing} frames={client.frames} />
      <main className="talk">
        <Conversation state={state} yourName={yourself?.name ?? client.name} actions={actions} />
        <Composer
          canSend={you !== null}
          line={line.phase}
          tray={tray}
          onSay={(content) => client.say(content)}
          liveButtons={<LiveButtons live={live} isDisabled={you === null} />}
          liveProblem={live.problem}
        />
      </main>
      <PeopleList id={people.id} members={members} you={you} isOpen={isPeopleOpen} onLeave={onLeave} />
      {opened !== null && <PictureViewer picture={opened} onClose={() => setOpened(null)} />}
      {isDragging && <DropHere />}
    </div>
  );
}

function DropHere() {
  return (
    <div className="drop-here">
      <p>Drop to add to your message</p>
      <p className="note">{PICTURE_RULE}</p>
    </div>
  );
}
