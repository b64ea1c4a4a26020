import { useEffect, useState, useSyncExternalStore } from "react";
import { DemoClient } from "./demo-client.ts";
import { type DemoState, initialDemoState } from "./demo-state.ts";

function nothing(): () => void {
  return () => {};
}

/** The demonstration, for as long as it is in sight; null before its first effect. */
export function useDemo(): { client: DemoClient | null; state: DemoState } {
  const [client, setClient] = useState<DemoClient | null>(null);
  useEffect(() => {
    const made = new DemoClient();
    setClient(made);
    return () => made.close();
  }, []);
  const state = useSyncExternalStore(
    client === null ? nothing : (listener) => client.subscribe(listener),
    () => client?.state ?? initialDemoState,
  );
  return { client, state };
}
