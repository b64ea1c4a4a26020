import type { CSSProperties } from "react";
import { DEMO_LIMITS, type DemoLine } from "../../shared/line-demo.ts";
import { type DemoState, lostOn, notThere } from "./demo-state.ts";
import { type Flight, useFlights } from "./use-flights.ts";
import { useMedia } from "./use-media.ts";

const HEIGHT = 280;
const STATION = 58;
const QUEUE_MAX = 5;
const CABLE_Y: Record<DemoLine, number> = { session: 92, plain: 160 };

/** Two people at two stations, and a cable between them for each line: a drawing of what the cards say in words. */
export function DemoScene({ state }: { state: DemoState }) {
  const isNarrow = useMedia("(max-width: 40rem)");
  const isStill = useMedia("(prefers-reduced-motion: reduce)");
  const { flights, land } = useFlights(state);
  const width = isNarrow ? 390 : 1000;
  const { isCut } = state.network;
  return (
    <svg
      className="demo-scene"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      data-cut={isCut}
      aria-hidden="true"
      focusable="false"
    >
      <Hills width={width} />
      <Pylon x={STATION} />
      <Pylon x={width - STATION} />
      <Cable line="session" name="Ropeway" width={width} state={state} />
      <Cable line="plain" name={isNarrow ? "WebSocket" : "Plain WebSocket"} width={width} state={state} />
      {!isStill &&
        flights.map((flight) => (
          <Cabin key={flight.id} flight={flight} width={width} onEnd={() => land(flight.id)} />
        ))}
      <Person x={STATION} name="You" className="person-you" />
      <Person x={width - STATION} name="Mira" className="person-mira" />
    </svg>
  );
}

function Hills({ width }: { width: number }) {
  const at = (share: number) => Math.round(width * share);
  return (
    <>
      <path
        className="scene-far"
        d={`M0 ${HEIGHT}V214L${at(0.14)} 176 ${at(0.27)} 208 ${at(0.45)} 150 ${at(0.62)} 206 ${at(0.8)} 164 ${width} 216V${HEIGHT}z`}
      />
      <path
        className="scene-near"
        d={`M0 ${HEIGHT}V252Q${at(0.25)} 226 ${at(0.5)} 250T${width} 248V${HEIGHT}z`}
      />
    </>
  );
}

function Pylon({ x }: { x: number }) {
  const arms = Object.values(CABLE_Y).map((y) => `M${x - 16} ${y}h32`);
  return <path className="scene-pylon" d={`M${x - 17} 262 ${x} 56 ${x + 17} 262${arms.join("")}`} />;
}

function Person({ x, name, className }: { x: number; name: string; className: string }) {
  return (
    <g className={className}>
      <circle cx={x} cy="208" r="15" />
      <path d={`M${x - 28} 264c0-24 10-36 28-36s28 12 28 36z`} />
      <text x={x} y="257" textAnchor="middle">
        {name}
      </text>
    </g>
  );
}

interface CableProps {
  line: DemoLine;
  name: string;
  width: number;
  state: DemoState;
}

function Cable({ line, name, width, state }: CableProps) {
  const y = CABLE_Y[line];
  const [left, middle, right] = [STATION, width / 2, width - STATION];
  const whole = `M${left} ${y}H${right}`;
  const cut = `M${left} ${y}H${middle - 40}q20 0 26 26M${right} ${y}H${middle + 40}q-20 0 -26 26`;
  const facts = state.lines[line];
  const { phase } = facts.state;
  const waiting = notThere(state, line);
  return (
    <g className="demo-cable" data-line={line} data-phase={phase}>
      <path d={state.network.isCut ? cut : whole} />
      <text x={left + 26} y={y - 10}>
        {name}
      </text>
      <text
        x={right - 26}
        y={y - 10}
        textAnchor="end"
        className="demo-cable-lost"
        data-lost={lostOn(facts) > 0}
      >
        lost {lostOn(facts)}
      </text>
      {line === "session" && phase === "suspended" && (
        <>
          <Queue x={left + 28} step={14} count={waiting.there} />
          <Queue x={right - 28} step={-14} count={waiting.back} />
        </>
      )}
    </g>
  );
}

/** What waits at a station for its line. */
function Queue({ x, step, count }: { x: number; step: number; count: number }) {
  const shown = Math.min(count, QUEUE_MAX);
  return Array.from({ length: shown }, (_, index) => (
    <rect
      key={index}
      className="waiting-cabin"
      x={x + step * index - 5}
      y={CABLE_Y.session + 6}
      width="11"
      height="10"
      rx="3"
    />
  ));
}

function Cabin({ flight, width, onEnd }: { flight: Flight; width: number; onEnd: () => void }) {
  const { line, way, delayMs, isFallen } = flight;
  const ends = [STATION, width - STATION];
  const [from, to] = way === "there" ? ends : ends.toReversed();
  const style = {
    "--from": `${from}px`,
    "--to": `${to}px`,
    "--travel": `${DEMO_LIMITS.travelMs}ms`,
    "--delay": `${delayMs}ms`,
  } as CSSProperties;
  return (
    <g className="flight" data-fallen={isFallen} style={style} onAnimationEnd={onEnd}>
      <g className="cabin" data-line={line} data-way={way}>
        <path d={`M0 ${CABLE_Y[line]}v7`} />
        <rect x="-9" y={CABLE_Y[line] + 6} width="18" height="13" rx="4" />
      </g>
    </g>
  );
}
