const KEY = "parlor.nickname";

/** Storage is a convenience that a browser may refuse, also by throwing. */
export function rememberedName(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function rememberName(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Then it is typed again next time.
  }
}
