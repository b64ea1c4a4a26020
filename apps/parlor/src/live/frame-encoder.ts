import type { FromEncoder } from "./frame-encoder-worker.ts";
import { type FrameSize, fitFrame } from "./frame-size.ts";

export interface FrameSink {
  /** False while the line is behind: the frame is skipped before any work is done for it. */
  readonly takesFrames: boolean;
  sendFrame(size: FrameSize, bytes: Uint8Array<ArrayBuffer>): void;
}

/** Two, so that one is drawn while the other is encoded; more would only add delay. */
const UNDER_WAY_MAX = 2;

/** Takes pictures of a playing video, thirty times a second at most, and hands them over encoded. Returns what stops it. */
export function encodeFrames(video: HTMLVideoElement, sink: FrameSink): () => void {
  const worker = new Worker(new URL("./frame-encoder-worker.ts", import.meta.url), { type: "module" });
  let underWay = 0;
  let stopped = false;

  async function takePicture(): Promise<void> {
    if (underWay >= UNDER_WAY_MAX || !sink.takesFrames || video.readyState < video.HAVE_CURRENT_DATA) return;
    underWay += 1;
    const { width, height } = fitFrame({ width: video.videoWidth, height: video.videoHeight });
    try {
      const size = { resizeWidth: width, resizeHeight: height, resizeQuality: "low" } as const;
      const bitmap = await createImageBitmap(video, size);
      if (stopped) bitmap.close();
      else worker.postMessage(bitmap, [bitmap]);
    } catch {
      // A video between two sources has no picture for a moment.
      underWay -= 1;
    }
  }

  worker.onmessage = ({ data }: MessageEvent<FromEncoder>) => {
    if (stopped) return;
    if (data.beat) return void takePicture();
    underWay -= 1;
    if (data.bytes !== null) sink.sendFrame(data, new Uint8Array(data.bytes));
  };

  return () => {
    stopped = true;
    worker.terminate();
  };
}
