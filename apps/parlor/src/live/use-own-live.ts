import { useEffect, useRef, useState } from "react";
import type { RoomClient } from "../room/room-client.ts";
import { encodeFrames } from "./frame-encoder.ts";
import type { LiveSource } from "./live-source.ts";

export interface OwnLive {
  source: LiveSource | null;
  isStarting: boolean;
  /** A sentence, or null. */
  problem: string | null;
  start(open: () => Promise<LiveSource>): void;
  stop(): void;
}

/**
 * What this page shows live: at most one source. It is announced each time the room is joined, as a room that the line
 * was lost to has forgotten it, and it ends when the room refuses it.
 */
export function useOwnLive(
  client: RoomClient,
  room: { you: string | null; liveRefusal: string | null },
): OwnLive {
  const [source, setSource] = useState<LiveSource | null>(null);
  const [isStarting, setStarting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const isGone = useRef(false);

  async function start(open: () => Promise<LiveSource>): Promise<void> {
    if (isStarting) return;
    setStarting(true);
    setProblem(null);
    try {
      const opened = await open();
      // A camera whose permission came after the person left must not stay on.
      if (isGone.current) return opened.stop();
      opened.onEnded = () => setSource(null);
      setSource(opened);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "That did not start.");
    } finally {
      setStarting(false);
    }
  }

  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);

  useEffect(() => {
    if (source === null) return;
    const stopEncoding = encodeFrames(source.video, client);
    return () => {
      stopEncoding();
      source.stop();
      client.stopLive();
    };
  }, [source, client]);

  useEffect(() => {
    if (source !== null && room.you !== null) client.startLive(source.kind);
  }, [source, room.you, client]);

  useEffect(() => {
    if (room.liveRefusal === null) return;
    setSource(null);
    setProblem(room.liveRefusal);
  }, [room.liveRefusal]);

  return { source, isStarting, problem, start: (open) => void start(open), stop: () => setSource(null) };
}
