/** The word that a mistyped one was probably meant to be; null if none is near. */
export function nearestWord(typed: string, words: readonly string[]): string | null {
  let nearest: string | null = null;
  // About a third of the letters may be wrong, and at least one.
  let smallest = Math.max(1, Math.floor((typed.length + 1) / 3)) + 1;
  for (const word of words) {
    const distance = editDistance(typed.toLowerCase(), word.toLowerCase());
    if (distance >= smallest) continue;
    smallest = distance;
    nearest = word;
  }
  return nearest;
}

/**
 * How many letters must be put in, taken out, replaced or swapped with their neighbour to make one word of the other
 * (optimal string alignment). `rows[i][j]` is the distance of the first i letters of one from the first j of the other.
 */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(from.length, to.length);
}
