import type { Member } from "../../shared/room-messages.ts";
import { hueOf } from "./hue.ts";

interface PeopleListProps {
  id: string;
  members: readonly Member[];
  you: string | null;
  isOpen: boolean;
  onLeave: () => void;
}

export function PeopleList({ id, members, you, isOpen, onLeave }: PeopleListProps) {
  return (
    <section id={id} className="people" data-open={isOpen} aria-label="People">
      <h2>{members.length === 0 ? "Nobody in sight" : `${members.length} here`}</h2>
      {members.length === 0 && <p className="note">Who is here shows when the line is up.</p>}
      <ul>
        {members.map((member) => (
          <li key={member.id} className={hueOf(member.name)}>
            <span className="dot" aria-hidden="true" />
            <bdi className="name">{member.name}</bdi>
            {member.id === you && <span className="tag">you</span>}
            {member.live !== null && <span className="tag tag-live">live</span>}
          </li>
        ))}
      </ul>
      <button type="button" className="quiet" onClick={onLeave}>
        Leave the room
      </button>
    </section>
  );
}
