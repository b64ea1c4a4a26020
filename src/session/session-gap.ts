import type { Gap, GapRange } from "./message.ts";
import type { StreamTable } from "./stream-table.ts";

/**
 * What is not known of the other end, if the session is lost. What was never transmitted goes out in the session that
 * follows; if none does, it is part of the gap, too. `unnamedMessages` is what the other end may have sent on a stream
 * before its name was heard.
 */
export function gapOf(streams: StreamTable, isFollowed: boolean, unnamedMessages: number): Gap {
  const received: GapRange[] = [];
  const sent: GapRange[] = [];
  for (const { name, kind, sending, receiving } of streams.all()) {
    const ranges = isFollowed ? sending.unknown : sending.unhandled;
    if (kind === "reliable") sent.push(...ranges.map((range) => ({ stream: name, ...range })));
    const unreceived = receiving?.unreceived;
    if (unreceived !== undefined) received.push({ stream: name, ...unreceived });
  }
  if (streams.mayNameMore) received.push({ stream: null, from: 1, to: unnamedMessages });
  return { sent, received };
}
