import { defineConfig } from "ropeway/server";

export default defineConfig({
  endpoints: {
    "/room": ({ socket, server }) => {
      socket.subscribe("room");
      socket.onmessage = ({ data }) => server.publish("room", `to all: ${data as string}`);
    },
  },
});
