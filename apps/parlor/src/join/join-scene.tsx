/** Two stations, the line between them, and a cabin each way: decoration that says what the app is about. */
export function JoinScene() {
  return (
    <svg
      className="scene"
      viewBox="0 0 1200 320"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden="true"
      focusable="false"
    >
      <path className="scene-far" d="M0 320V232l150-70 130 60 190-120 170 110 150-80 190 96 220-70v162z" />
      <path className="scene-near" d="M0 320v-44l220-36 200 50 260-64 240 58 280-48v84z" />
      <path className="scene-pylon" d="M258 292 280 92l22 200M266 212h28M898 288l22-222 22 222M906 196h28" />
      <path className="scene-arm" d="M262 92h36M902 66h36" />
      <g className="scene-cabin scene-cabin-there">
        <path className="scene-hanger" d="M470 136v30" />
        <rect x="436" y="164" width="68" height="54" rx="14" />
        <path className="scene-window" d="M446 176h22v18h-22zM472 176h22v18h-22z" />
      </g>
      <g className="scene-cabin scene-cabin-back">
        <path className="scene-hanger" d="M770 106v50" />
        <rect x="736" y="154" width="68" height="54" rx="14" />
        <path className="scene-window" d="M746 166h22v18h-22zM772 166h22v18h-22z" />
      </g>
      <path className="scene-cable" d="M-20 128 280 92Q600 172 920 66l300-26" />
      <path className="scene-cable" d="M-20 142 280 106Q600 186 920 80l300-26" />
    </svg>
  );
}
