const HUES = 6;

/** The class of a person's colour: the same for the same name on every page. */
export function hueOf(name: string): string {
  // FNV-1a: short names that differ in one letter spread over all colours.
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return `hue-${((hash ^ (hash >>> 15)) >>> 0) % HUES}`;
}
