import { useState } from "react";
import { describeFileSize } from "./file-size.ts";
import { useBlobUrl } from "./use-blob-url.ts";

export interface ViewablePicture {
  name: string;
  from: string;
  blob: Blob;
}

interface ShownPictureProps {
  picture: ViewablePicture;
  onOpen: (picture: ViewablePicture) => void;
}

/** A picture in the conversation. Only ever an `<img>` on a `blob:` URL, where nothing in it can run. */
export function ShownPicture({ picture, onOpen }: ShownPictureProps) {
  const url = useBlobUrl(picture.blob);
  const [isBroken, setBroken] = useState(false);
  return (
    <figure className="shown-picture">
      {isBroken ? (
        <p className="note">This picture is damaged, or of a kind that this browser cannot show.</p>
      ) : (
        <button type="button" onClick={() => onOpen(picture)} aria-label={`Show ${picture.name} large`}>
          {url !== null && (
            <img src={url} alt={`${picture.name}, from ${picture.from}`} onError={() => setBroken(true)} />
          )}
        </button>
      )}
      <figcaption>
        <bdi>{picture.name}</bdi> <span className="size">{describeFileSize(picture.blob.size)}</span>
      </figcaption>
    </figure>
  );
}
