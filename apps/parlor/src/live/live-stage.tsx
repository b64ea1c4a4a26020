import type { Member } from "../../shared/room-messages.ts";
import type { FrameHub } from "./frame-hub.ts";
import type { LiveSource } from "./live-source.ts";
import { LiveTile } from "./live-tile.tsx";
import { OwnTile } from "./own-tile.tsx";

interface LiveStageProps {
  others: readonly Member[];
  own: LiveSource | null;
  isOwnShown: boolean;
  frames: FrameHub;
}

export function LiveStage({ others, own, isOwnShown, frames }: LiveStageProps) {
  if (others.length === 0 && own === null) return null;
  return (
    <section className="stage" aria-label="Live video">
      {others.map((member) => (
        <LiveTile key={member.id} member={member} frames={frames} />
      ))}
      {own !== null && <OwnTile source={own} isShown={isOwnShown} />}
    </section>
  );
}
