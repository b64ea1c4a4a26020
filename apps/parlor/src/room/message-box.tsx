import { type KeyboardEvent, type RefObject, useLayoutEffect } from "react";
import { ROOM_LIMITS } from "../../shared/room-limits.ts";

interface MessageBoxProps {
  box: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  onSend: () => void;
}

/** Where a message is typed: as high as its text, Enter sends, Shift and Enter begin a new line. */
export function MessageBox({ box, text, onText, onSend }: MessageBoxProps) {
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [box, text]);

  function sendOnEnter(event: KeyboardEvent): void {
    // While an input method composes a character, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  }

  return (
    <textarea
      ref={box}
      rows={1}
      aria-label="Message"
      aria-describedby="composer-note"
      placeholder="Say something"
      enterKeyHint="send"
      autoFocus
      maxLength={ROOM_LIMITS.textCharsMax}
      value={text}
      onChange={(event) => onText(event.target.value)}
      onKeyDown={sendOnEnter}
    />
  );
}
