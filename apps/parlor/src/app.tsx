import { useState } from "react";
import { SESSION_PATHS } from "../shared/session-paths.ts";
import { JoinView } from "./join/join-view.tsx";
import { RoomClient } from "./room/room-client.ts";
import { RoomView } from "./room/room-view.tsx";

export function App() {
  const [client, setClient] = useState<RoomClient | null>(null);
  const [hasLeft, setHasLeft] = useState(false);
  function join(name: string): void {
    setClient(new RoomClient(SESSION_PATHS.room, name));
  }
  function leave(): void {
    client?.close();
    setClient(null);
    setHasLeft(true);
  }
  if (client === null) return <JoinView hasLeft={hasLeft} onJoin={join} />;
  return <RoomView client={client} onLeave={leave} />;
}
