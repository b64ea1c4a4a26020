import { type FormEvent, type ReactNode, useRef, useState } from "react";
import type { ClientState } from "../../../../src/client/index.ts";
import { ROOM_LIMITS } from "../../shared/room-limits.ts";
import { Icon } from "../icon.tsx";
import { FileButton } from "../pictures/file-button.tsx";
import { PICTURE_RULE } from "../pictures/read-picture.ts";
import { TrayView } from "../pictures/tray-view.tsx";
import type { PictureTray } from "../pictures/use-picture-tray.ts";
import { MessageBox } from "./message-box.tsx";
import type { OwnContent } from "./room-state.ts";

interface ComposerProps {
  /** False before the room has let the page in, and after the end: what is written stays where it is. */
  canSend: boolean;
  line: ClientState;
  tray: PictureTray;
  onSay: (content: OwnContent) => void;
  /** The buttons for live video, beside the one for pictures. */
  liveButtons: ReactNode;
  liveProblem: string | null;
}

const DOWN = "The line is down. What you send waits, and goes out by itself when the line is back.";
const CLOSED = "The line is closed. What you write stays here.";
const COUNT_FROM = ROOM_LIMITS.textCharsMax * 0.9;

export function Composer(props: ComposerProps) {
  const { canSend, line, tray, onSay, liveButtons, liveProblem } = props;
  const [text, setText] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  const isEmpty = text.trim() === "" && tray.pictures.length === 0;

  function send(): void {
    if (!canSend || isEmpty) return;
    for (const { name, blob, bytes } of tray.pictures) onSay({ kind: "picture", name, blob, bytes });
    if (text.trim() !== "") onSay({ kind: "said", text: text.trim() });
    setText("");
    tray.clear();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    send();
    area.current?.focus();
  }

  return (
    <form className="composer" onSubmit={submit}>
      {liveProblem !== null && (
        <p className="problem" role="alert">
          {liveProblem}
        </p>
      )}
      <TrayView tray={tray} />
      <div className="composer-row">
        <MessageBox box={area} text={text} onText={setText} onSend={send} />
        <button type="submit" className="primary" disabled={!canSend || isEmpty}>
          <Icon name="send" />
          <span className="send-word">Send</span>
        </button>
      </div>
      <div className="composer-tools">
        <FileButton icon="picture" label="Picture" accept="image/*" multiple onFiles={tray.add} />
        {liveButtons}
      </div>
      <p
        id="composer-note"
        className="note composer-note"
        data-down={line === "suspended" || line === "closed"}
      >
        <ComposerNote {...props} text={text} />
      </p>
    </form>
  );
}

function ComposerNote({ canSend, line, text }: ComposerProps & { text: string }) {
  if (line === "closed") return CLOSED;
  if (!canSend) return "Connecting…";
  if (line === "suspended") return DOWN;
  if (text.length >= COUNT_FROM) return `${text.length} of ${ROOM_LIMITS.textCharsMax} characters`;
  return (
    <>
      <span className="wide">Choose, paste or drop pictures</span>
      <span className="narrow">Pictures</span>: {PICTURE_RULE}
    </>
  );
}
