import type { Counts, DemoLine } from "../../shared/line-demo.ts";
import { describeLineEnd } from "../connection/line-end.ts";
import type { LineState } from "../connection/line-state.ts";
import { useSecondsUntil } from "../connection/use-seconds-until.ts";
import { type DemoState, lostOn, notThere } from "./demo-state.ts";

const TEXTS = {
  session: {
    name: "Ropeway session",
    about: "What is sent while the line is down waits. What broke off on the way is sent again, once.",
  },
  plain: {
    name: "Plain WebSocket",
    about:
      "In the usual loop that connects again. What is sent while it is down, or was on the way, is gone.",
  },
} as const;

/** A line in words and numbers. All numbers of what arrived were counted where it arrived. */
export function CountCard({ line, state }: { line: DemoLine; state: DemoState }) {
  const { name, about } = TEXTS[line];
  const facts = state.lines[line];
  const lost = lostOn(facts);
  const waiting = notThere(state, line);
  return (
    <section className="demo-card" data-line={line} data-phase={facts.state.phase} aria-label={name}>
      <div className="demo-card-head">
        <div>
          <h3>{name}</h3>
          <StateWords state={facts.state} />
        </div>
        <p className="demo-lost" data-lost={lost > 0}>
          lost <strong>{lost}</strong>
        </p>
      </div>
      <CountTable
        name={name}
        there={{ sent: state.sentHere, waiting: waiting.there, counts: facts.there }}
        back={{ sent: state.sentThere, waiting: waiting.back, counts: facts.here }}
      />
      <p className="note">{about}</p>
    </section>
  );
}

function StateWords({ state: { phase, end, retryAtMs } }: { state: LineState }) {
  const seconds = useSecondsUntil(retryAtMs ?? 0);
  return (
    <p className="demo-state">
      {phase === "connected" && "Line up"}
      {phase === "connecting" && "Connecting…"}
      {phase === "suspended" && `Line down, ${seconds > 0 ? `next try in ${seconds}\u00A0s` : "trying now"}`}
      {phase === "closed" && `Line closed. ${end === null ? "" : describeLineEnd(end)}`}
    </p>
  );
}

interface Direction {
  sent: number;
  waiting: number;
  counts: Counts;
}

function CountTable({ name, there, back }: { name: string; there: Direction; back: Direction }) {
  const rows: [label: string, fact: string, of: (direction: Direction) => number][] = [
    ["Sent", "sent", ({ sent }) => sent],
    ["Arrived", "arrived", ({ counts }) => counts.arrived],
    ["Not there yet", "waiting", ({ waiting }) => waiting],
    ["Lost", "lost", ({ counts }) => counts.lost],
    ["Repeated", "repeated", ({ counts }) => counts.repeated],
    ["Out of order", "out-of-order", ({ counts }) => counts.outOfOrder],
  ];
  return (
    <table className="demo-counts">
      <caption className="unseen">Messages on the {name}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">to Mira</th>
          <th scope="col">from Mira</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, fact, of]) => (
          <tr key={fact} data-fact={fact}>
            <th scope="row">{label}</th>
            <td>{of(there)}</td>
            <td>{of(back)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
