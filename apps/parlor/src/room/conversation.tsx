import type { Author } from "../../shared/room-messages.ts";
import { Icon } from "../icon.tsx";
import { type EntryActions, EntryView } from "./entry-view.tsx";
import type { Entry, RoomState } from "./room-state.ts";
import { useStickToEnd } from "./use-stick-to-end.ts";

interface ConversationProps {
  state: RoomState;
  yourName: string;
  actions: EntryActions;
}

const CONTINUED_WITHIN_MS = 5 * 60_000;

export function Conversation({ state, yourName, actions }: ConversationProps) {
  const { entries, yourIds, caughtUp } = state;
  const { box, isAtEnd, onScroll, goToEnd } = useStickToEnd();
  function authorOf(entry: Entry): Author {
    if (entry.kind === "own") return { id: yourIds.at(-1) ?? "", name: yourName };
    return "who" in entry ? entry.who : entry.from;
  }
  return (
    <section className="conversation" aria-label="Conversation">
      <div className="log" role="log" aria-busy={!caughtUp} tabIndex={0} ref={box} onScroll={onScroll}>
        {!entries.some(isTalk) && <EmptyRoom isAlone={caughtUp && state.members.length < 2} />}
        <ol>
          {entries.map((entry, index) => {
            const author = authorOf(entry);
            const before = entries[index - 1];
            return (
              <EntryView
                key={entry.id}
                entry={entry}
                author={author.name}
                isOwn={yourIds.includes(author.id) || entry.kind === "own"}
                isContinued={
                  before !== undefined && continues(before, entry) && authorOf(before).id === author.id
                }
                canSend={state.you !== null}
                isLineUp={state.line.phase === "connected"}
                actions={actions}
              />
            );
          })}
        </ol>
      </div>
      {!isAtEnd && (
        <button type="button" className="to-end" onClick={goToEnd}>
          <Icon name="down" />
          Latest
        </button>
      )}
    </section>
  );
}

function continues(before: Entry, entry: Entry): boolean {
  return isTalk(before) && isTalk(entry) && entry.at - before.at < CONTINUED_WITHIN_MS;
}

function isTalk({ kind }: Entry): boolean {
  return kind !== "came" && kind !== "went";
}

function EmptyRoom({ isAlone }: { isAlone: boolean }) {
  return (
    <div className="empty">
      <p>It is quiet in here.</p>
      {isAlone && (
        <p className="note">
          Open this page in a second window, or on another machine, to have someone to talk to.
        </p>
      )}
    </div>
  );
}
