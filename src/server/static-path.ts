/**
 * The names of a request's path below the static folder, or null if no file can be meant by it.
 *
 * Refused are: a target that is no path, percent signs that do not decode, NUL, a backslash, empty names (`//`), and
 * every name that begins with a dot, which covers `.` and `..` however they were written as well as `.env` and `.git`.
 * A path that ends in `/` gives an empty last name.
 *
 * @param target the request target, as in `request.url`
 */
export function staticPath(target: string): string[] | null {
  if (!target.startsWith("/")) return null;
  const path = decodePath(target.slice(1).split(/[?#]/, 1)[0] ?? "");
  if (path === null || /[\0\\]/.test(path)) return null;
  const names = path.split("/");
  const isPlain = names.every(
    (name, index) => !name.startsWith(".") && (name !== "" || index === names.length - 1),
  );
  return isPlain ? names : null;
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
