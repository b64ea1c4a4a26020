/** A cabin on its cable, and the name. */
export function Brand() {
  return (
    <span className="brand">
      <svg className="brand-cabin" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <path className="brand-cable" d="M1 9 31 4" />
        <path className="brand-arm" d="M16 7v6" />
        <rect className="brand-body" x="6" y="12" width="20" height="16" rx="5" />
        <path className="brand-windows" d="M9.5 16H15v5H9.5zM17 16h5.5v5H17z" />
      </svg>
      Parlor
    </span>
  );
}
