import { Icon } from "../icon.tsx";
import { FileButton } from "../pictures/file-button.tsx";
import { openCamera, openVideoFile } from "./live-source.ts";
import type { OwnLive } from "./use-own-live.ts";

export function LiveButtons({ live, isDisabled }: { live: OwnLive; isDisabled: boolean }) {
  if (live.source !== null) {
    return (
      <button type="button" className="stop" onClick={live.stop}>
        <Icon name="stop" />
        {live.source.kind === "camera" ? "Stop camera" : "Stop video"}
      </button>
    );
  }
  const cannotStart = isDisabled || live.isStarting;
  return (
    <>
      <button type="button" disabled={cannotStart} onClick={() => live.start(openCamera)}>
        <Icon name="camera" />
        {live.isStarting ? "Starting…" : "Camera"}
      </button>
      <FileButton
        icon="video"
        label="Video file"
        accept="video/*"
        disabled={cannotStart}
        onFiles={([file]) => file !== undefined && live.start(() => openVideoFile(file))}
      />
    </>
  );
}
