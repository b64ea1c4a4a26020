import { Icon } from "../icon.tsx";
import { describeFileSize } from "./file-size.ts";
import type { Picture } from "./read-picture.ts";
import { useBlobUrl } from "./use-blob-url.ts";
import type { PictureTray } from "./use-picture-tray.ts";

export function TrayView({ tray }: { tray: PictureTray }) {
  return (
    <>
      {tray.problems.length > 0 && (
        <ul className="problems" role="alert">
          {tray.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      {tray.pictures.length > 0 && (
        <ul className="tray" aria-label="Pictures to send">
          {tray.pictures.map((picture, index) => (
            <TrayPicture key={index} picture={picture} onRemove={() => tray.remove(picture)} />
          ))}
        </ul>
      )}
    </>
  );
}

function TrayPicture({ picture, onRemove }: { picture: Picture; onRemove: () => void }) {
  const url = useBlobUrl(picture.blob);
  return (
    <li>
      {url !== null && <img src={url} alt="" />}
      <span className="tray-facts">
        <bdi>{picture.name}</bdi>
        <span className="size">{describeFileSize(picture.blob.size)}</span>
      </span>
      <button type="button" className="quiet" onClick={onRemove} aria-label={`Do not send ${picture.name}`}>
        <Icon name="close" />
      </button>
    </li>
  );
}
