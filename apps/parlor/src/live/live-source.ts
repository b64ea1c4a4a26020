import type { LiveSource as LiveKind } from "../../shared/room-messages.ts";
import { describeCameraProblem, InsecureContextError } from "./camera-problem.ts";

/** Why there is nothing to show: its message is a sentence for a person. */
class LiveSourceError extends Error {
  override name = "LiveSourceError";
}

/** A playing, silent video that frames can be taken from, and what must be let go at the end. */
export interface LiveSource {
  readonly kind: LiveKind;
  readonly video: HTMLVideoElement;
  /** Calls back once if the source ends by itself: a camera unplugged or its permission withdrawn. */
  onEnded: (() => void) | null;
  stop(): void;
}

export async function openCamera(): Promise<LiveSource> {
  const video = silentVideo();
  let stream: MediaStream;
  try {
    // The types say that it is always there; on an insecure origin it is not.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (devices === undefined) throw new InsecureContextError();
    const wanted = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 30 } };
    stream = await devices.getUserMedia({ video: { ...wanted, facingMode: "user" } });
  } catch (cause) {
    throw new LiveSourceError(describeCameraProblem(cause), { cause });
  }
  const source: LiveSource = {
    kind: "camera",
    video,
    onEnded: null,
    stop() {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
  // Not raised by stop(): only when the camera goes away by itself.
  for (const track of stream.getTracks()) track.addEventListener("ended", () => source.onEnded?.());
  video.srcObject = stream;
  await play(source, "The camera did not start.");
  return source;
}

export async function openVideoFile(file: File): Promise<LiveSource> {
  const video = silentVideo();
  const url = URL.createObjectURL(file);
  video.loop = true;
  video.src = url;
  const source: LiveSource = {
    kind: "file",
    video,
    onEnded: null,
    stop() {
      video.pause();
      video.removeAttribute("src");
      video.load();
      URL.revokeObjectURL(url);
    },
  };
  await play(source, `“${file.name}” is no video that this browser can play.`);
  return source;
}

async function play(source: LiveSource, problem: string): Promise<void> {
  try {
    await source.video.play();
    if (source.video.videoWidth === 0) throw new LiveSourceError(problem);
  } catch (cause) {
    source.stop();
    throw new LiveSourceError(problem, { cause });
  }
}

function silentVideo(): HTMLVideoElement {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  return video;
}
