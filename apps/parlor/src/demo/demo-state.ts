import {
  type Counts,
  type DemoLine,
  type DemoNetwork,
  type DemoReport,
  noCounts,
} from "../../shared/line-demo.ts";
import { firstLineState, type LineState } from "../connection/line-state.ts";

/** One of the two lines, as the page knows it. */
export interface LineFacts {
  state: LineState;
  /** What arrived at the other person, as counted there. */
  there: Counts;
  /** What arrived here. */
  here: Counts;
}

export interface DemoState {
  /** The line by which the page hears of the other person's counts; it is not cut. */
  director: LineState;
  network: DemoNetwork;
  /** Messages that this page has sent on each line. */
  sentHere: number;
  /** Messages that the other person has. */
  sentThere: number;
  lines: Record<DemoLine, LineFacts>;
  isRunning: boolean;
  isOver: boolean;
}

const firstFacts: LineFacts = { state: firstLineState, there: noCounts, here: noCounts };

export const initialDemoState: DemoState = {
  director: firstLineState,
  network: { mode: "whole", isCut: false },
  sentHere: 0,
  sentThere: 0,
  lines: { session: firstFacts, plain: firstFacts },
  isRunning: true,
  isOver: false,
};

/** Of both directions of a line. */
export function lostOn({ here, there }: LineFacts): number {
  return here.lost + there.lost;
}

/** What was sent and neither arrived nor is known as lost. The numbers come from two ends, so for a moment they may not fit. */
export function notThere(state: DemoState, line: DemoLine): { there: number; back: number } {
  const { there, here } = state.lines[line];
  return {
    there: Math.max(0, state.sentHere - there.arrived - there.lost),
    back: Math.max(0, state.sentThere - here.arrived - here.lost),
  };
}

export function withReport(state: DemoState, { sent, session, plain }: DemoReport): DemoState {
  const { lines } = state;
  return {
    ...state,
    sentThere: sent,
    lines: {
      session: { ...lines.session, there: session },
      plain: { ...lines.plain, there: plain },
    },
  };
}

export function withLine(state: DemoState, line: DemoLine, facts: Partial<LineFacts>): DemoState {
  return { ...state, lines: { ...state.lines, [line]: { ...state.lines[line], ...facts } } };
}
