import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/join.css";
import "./styles/demo.css";
import "./styles/line.css";
import "./styles/room.css";
import "./styles/conversation.css";
import "./styles/composer.css";
import "./styles/live.css";
import "./styles/pictures.css";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
