import { Brand } from "../brand.tsx";
import type { LineState } from "../connection/line-state.ts";
import { LineView } from "../connection/line-view.tsx";
import { Icon } from "../icon.tsx";

interface RoomBarProps {
  line: LineState;
  membersCount: number;
  /** The list of people, which on a narrow page this bar opens. */
  people: { id: string; isOpen: boolean; onToggle: () => void };
}

export function RoomBar({ line, membersCount, people }: RoomBarProps) {
  return (
    <header className="bar">
      <h1>
        <Brand />
      </h1>
      <LineView state={line} />
      <button
        type="button"
        className="people-toggle"
        aria-expanded={people.isOpen}
        aria-controls={people.id}
        aria-label={`${membersCount} here`}
        onClick={people.onToggle}
      >
        <Icon name="people" />
        {membersCount}
      </button>
    </header>
  );
}
