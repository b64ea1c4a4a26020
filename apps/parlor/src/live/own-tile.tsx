import { useEffect, useRef } from "react";
import type { LiveSource } from "./live-source.ts";

/** What this page shows, straight from its source: the element that frames are taken from. */
export function OwnTile({ source, isShown }: { source: LiveSource; isShown: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { video } = source;
    video.setAttribute("aria-label", "Your own live video");
    place.current?.append(video);
    // An element that is moved in the document is paused by the browser.
    void video.play().catch(() => {});
    return () => video.remove();
  }, [source]);
  return (
    <figure className="tile tile-own" data-camera={source.kind === "camera"}>
      <div ref={place} className="tile-video" />
      <figcaption>
        <span className={isShown ? "tag tag-live" : "tag"}>{isShown ? "live" : "waiting"}</span>
        <span className="name">You</span>
        <span className="rate">without sound</span>
      </figcaption>
    </figure>
  );
}
