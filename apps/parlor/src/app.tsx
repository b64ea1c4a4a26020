import { useState } from "react";
import { JoinView } from "./join/join-view.tsx";
import { RoomClient } from "./room/room-client.ts";
import { RoomView } from "./room/room-view.tsx";

/** On the server that the page came from. */
const SESSIONS = "/ropeway";

export function App() {
  const [client, setClient] = useState<RoomClient | null>(null);
  if (client === null) return <JoinView onJoin={(name) => setClient(new RoomClient(SESSIONS, name))} />;
  function leave(): void {
    client?.close();
    setClient(null);
  }
  return <RoomView client={client} onLeave={leave} />;
}
