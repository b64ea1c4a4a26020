import { Brand } from "../brand.tsx";
import { DemoView } from "../demo/demo-view.tsx";
import { JoinForm } from "./join-form.tsx";

interface JoinViewProps {
  /** Who comes from the room looks for the way back, everybody else begins at the top. */
  hasLeft: boolean;
  onJoin: (name: string) => void;
}

export function JoinView({ hasLeft, onJoin }: JoinViewProps) {
  return (
    <div className="join">
      <header className="join-bar">
        <h1>
          <Brand />
        </h1>
        <a className="button" href="#nickname">
          To the room
        </a>
      </header>
      <main className="join-main">
        <DemoView />
        <JoinForm isFocused={hasLeft} onJoin={onJoin} />
      </main>
    </div>
  );
}
