import { Icon } from "../icon.tsx";
import { FileButton } from "../pictures/file-button.tsx";
import { openCamera, openVideoFile } from "./live-source.ts";
import type { OwnLive } from "./use-own-live.ts";

/** The first button is the same element in every state, so that it keeps the keyboard's focus when it changes. */
export function LiveButtons({ live, isDisabled }: { live: OwnLive; isDisabled: boolean }) {
  const { source, isStarting } = live;
  return (
    <>
      <button
        type="button"
        className={source === null ? undefined : "stop"}
        disabled={source === null && isDisabled}
        onClick={() => (source === null ? live.start(openCamera) : live.stop())}
      >
        <Icon name={source === null ? "camera" : "stop"} />
        {source === null ? (isStarting ? "Starting…" : "Camera") : stopWords[source.kind]}
      </button>
      {source === null && (
        <FileButton
          icon="video"
          label="Video file"
          accept="video/*"
          disabled={isDisabled || isStarting}
          onFiles={([file]) => file !== undefined && live.start(() => openVideoFile(file))}
        />
      )}
    </>
  );
}

const stopWords = { camera: "Stop camera", file: "Stop video" } as const;
