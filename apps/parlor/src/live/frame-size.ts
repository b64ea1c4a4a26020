import { ROOM_LIMITS } from "../../shared/room-limits.ts";

export interface FrameSize {
  width: number;
  height: number;
}

/** As many pixels as 640 × 360 at most, in the source's own shape, upright phone video included; never enlarged. */
const PIXELS_MAX = 640 * 360;

export function fitFrame({ width, height }: FrameSize): FrameSize {
  const scale = Math.min(
    1,
    Math.sqrt(PIXELS_MAX / (width * height)),
    ROOM_LIMITS.frameSideMax / Math.max(width, height),
  );
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
