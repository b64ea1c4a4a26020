/** The oldest Node that Ropeway runs on; `engines` in package.json says the same. */
export const nodeVersionMin = "22.13";

/**
 * Says in one line what to do if a Node is too old, or returns null.
 *
 * `main.ts` imports this before anything else, so both must stay readable for a Node that is too old: plain syntax
 * and no import.
 *
 * @param version a version as in `process.versions.node`
 */
export function nodeVersionProblem(version: string): string | null {
  const found = version.split(".");
  const needed = nodeVersionMin.split(".");
  const major = Number(found[0]) - Number(needed[0]);
  const minor = Number(found[1]) - Number(needed[1]);
  if (major > 0 || (major === 0 && minor >= 0)) return null;
  return `Ropeway needs Node ${nodeVersionMin} or later, and this is Node ${version}: install a newer one from https://nodejs.org and run the command again.`;
}
