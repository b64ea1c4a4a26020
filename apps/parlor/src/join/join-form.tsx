import { type FormEvent, useState } from "react";
import { cleanLine } from "../../shared/clean-text.ts";
import { ROOM_LIMITS } from "../../shared/room-limits.ts";
import { rememberedName, rememberName } from "./remembered-name.ts";

interface JoinFormProps {
  isFocused: boolean;
  onJoin: (name: string) => void;
}

export function JoinForm({ isFocused, onJoin }: JoinFormProps) {
  const [typed, setTyped] = useState(rememberedName);
  const [problem, setProblem] = useState<string | null>(null);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const name = cleanLine(typed, ROOM_LIMITS.nameCharsMax);
    if (name === "") return setProblem("Write a nickname first: a letter or a digit is enough.");
    rememberName(name);
    onJoin(name);
  }

  return (
    <form className="join-form" onSubmit={submit} noValidate>
      <h2>Now with other people</h2>
      <p className="join-about">
        One room on one session. Talk with everyone in it, show pictures, show live video. What you send while
        the network is gone goes out when it is back.
      </p>
      <label htmlFor="nickname">Your nickname</label>
      <div className="join-row">
        <input
          id="nickname"
          autoFocus={isFocused}
          autoComplete="nickname"
          enterKeyHint="go"
          maxLength={ROOM_LIMITS.nameCharsMax}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? "join-note" : "join-problem join-note"}
        />
        <button type="submit" className="primary">
          Come in
        </button>
      </div>
      {problem !== null && (
        <p id="join-problem" className="problem" role="alert">
          {problem}
        </p>
      )}
      <p id="join-note" className="note">
        No sign-up. The room remembers its latest {ROOM_LIMITS.historyEntriesMax} messages until the server
        stops, and nothing after that.
      </p>
    </form>
  );
}
