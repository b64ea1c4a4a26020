import { useState } from "react";
import { JoinView } from "./join/join-view.tsx";
import { RoomClient } from "./room/room-client.ts";
import { RoomView } from "./room/room-view.tsx";

export function App() {
  const [client, setClient] = useState<RoomClient | null>(null);
  if (client === null) return <JoinView onJoin={(name) => setClient(new RoomClient(roomUrl(), name))} />;
  function leave(): void {
    client?.close();
    setClient(null);
  }
  return <RoomView client={client} onLeave={leave} />;
}

/** The room is on the server that the page came from: `https:` becomes `wss:`. */
function roomUrl(): string {
  const url = new URL("/room", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
