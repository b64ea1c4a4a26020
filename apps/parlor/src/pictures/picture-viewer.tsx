import { useEffect, useRef } from "react";
import { Icon } from "../icon.tsx";
import { describeFileSize } from "./file-size.ts";
import type { ViewablePicture } from "./shown-picture.tsx";
import { useBlobUrl } from "./use-blob-url.ts";

/** One picture over everything else. The browser's own modal dialog keeps the focus in it, and Escape closes it. */
export function PictureViewer({ picture, onClose }: { picture: ViewablePicture; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const url = useBlobUrl(picture.blob);

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className="viewer"
      aria-label={`${picture.name}, from ${picture.from}`}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className="viewer-bar">
        <p>
          <bdi>{picture.name}</bdi>{" "}
          <span className="size">
            {describeFileSize(picture.blob.size)}, from <bdi>{picture.from}</bdi>
          </span>
        </p>
        {url !== null && (
          <a className="button" href={url} download={picture.name}>
            <Icon name="save" />
            Save
          </a>
        )}
        <button type="button" onClick={onClose} autoFocus>
          <Icon name="close" />
          Close
        </button>
      </div>
      {url !== null && <img src={url} alt={picture.name} />}
    </dialog>
  );
}
