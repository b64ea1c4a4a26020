import { useEffect, useRef, useState } from "react";
import type { Member } from "../../shared/room-messages.ts";
import type { FrameHub } from "./frame-hub.ts";
import { FramePainter } from "./frame-painter.ts";

const RATE_SHOWN_EVERY_MS = 1000;

/** Someone's live video: each frame is painted as it comes, and the rate that really arrives is shown. */
export function LiveTile({ member, frames }: { member: Member; frames: FrameHub }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [rate, setRate] = useState<number | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const painter = new FramePainter({
      decode: ({ type, bytes }) => createImageBitmap(new Blob([bytes], { type })),
      paint: (bitmap) => paint(element, bitmap),
    });
    const stopListening = frames.listen(member.id, ({ type }, bytes) => painter.show({ type, bytes }));
    const timer = setInterval(() => setRate(painter.rate), RATE_SHOWN_EVERY_MS);
    return () => {
      stopListening();
      clearInterval(timer);
    };
  }, [member.id, frames]);

  return (
    <figure className="tile">
      <canvas
        ref={canvas}
        width={640}
        height={360}
        role="img"
        aria-label={`Live video from ${member.name}`}
      />
      <figcaption>
        <span className="tag tag-live">live</span>
        <bdi className="name">{member.name}</bdi>
        <span className="rate">{rate === null ? "" : `${rate} images/s`}</span>
      </figcaption>
    </figure>
  );
}

function paint(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  const { width, height } = bitmap;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d", { alpha: false })?.drawImage(bitmap, 0, 0);
  bitmap.close();
}
