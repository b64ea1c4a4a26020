import { memo } from "react";
import { describeFileSize } from "../pictures/file-size.ts";
import { ShownPicture, type ViewablePicture } from "../pictures/shown-picture.tsx";
import { FateView } from "./fate-view.tsx";
import { hueOf } from "./hue.ts";
import type { Entry } from "./room-state.ts";

export interface EntryActions {
  onOpen: (picture: ViewablePicture) => void;
  onAgain: (ref: string) => void;
  onDiscard: (ref: string) => void;
}

interface EntryViewProps {
  entry: Entry;
  /** By whom: the author's name, or the page's own for what is not back from the room yet. */
  author: string;
  /** Without its head, as the entry above is by the same person and recent. */
  isContinued: boolean;
  isOwn: boolean;
  /** Whether what is not confirmed can be sent again now. */
  canSend: boolean;
  isLineUp: boolean;
  actions: EntryActions;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export const EntryView = memo(function EntryView(props: EntryViewProps) {
  const { entry, author, isContinued, isOwn } = props;
  const time = new Date(entry.at);
  if (entry.kind === "came" || entry.kind === "went") {
    return (
      <li className="entry entry-event">
        <bdi>{entry.who.name}</bdi> {entry.kind === "came" ? "came in" : "left"}
      </li>
    );
  }
  const classes = ["entry", hueOf(author)];
  if (isContinued) classes.push("entry-continued");
  if (isOwn) classes.push("entry-own");
  return (
    <li className={classes.join(" ")}>
      <p className="entry-head">
        <bdi className="name">{author}</bdi>
        <time dateTime={time.toISOString()}>{clock.format(time)}</time>
      </p>
      <EntryBody {...props} />
    </li>
  );
});

function EntryBody({ entry, author, canSend, isLineUp, actions }: EntryViewProps) {
  switch (entry.kind) {
    case "said":
      return <Said text={entry.text} />;
    case "picture":
      return (
        <ShownPicture
          picture={{ name: entry.name, from: author, blob: entry.blob }}
          onOpen={actions.onOpen}
        />
      );
    case "picture-coming":
      return (
        <p className="note">
          <bdi>{entry.name}</bdi> ({describeFileSize(entry.byteLength)}) is on its way…
        </p>
      );
    case "picture-missed":
      return (
        <p className="note">
          <bdi>{entry.name}</bdi> ({describeFileSize(entry.byteLength)}) is missing here: your line was too
          slow for it.
        </p>
      );
    case "own":
      return (
        <>
          {entry.content.kind === "said" ? (
            <Said text={entry.content.text} />
          ) : (
            <ShownPicture
              picture={{ name: entry.content.name, from: author, blob: entry.content.blob }}
              onOpen={actions.onOpen}
            />
          )}
          <FateView
            fate={entry.fate}
            canSend={canSend}
            isLineUp={isLineUp}
            onAgain={() => actions.onAgain(entry.ref)}
            onDiscard={() => actions.onDiscard(entry.ref)}
          />
        </>
      );
    default:
      return null;
  }
}

// `dir="auto"` by its first letter, as people write in either direction.
function Said({ text }: { text: string }) {
  return (
    <p className="said" dir="auto">
      {text}
    </p>
  );
}
