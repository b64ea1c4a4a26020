/** The length in UTF-8, a lone surrogate counted as the replacement character that stands for it. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes++;
    else if (isPair(text, index)) {
      bytes += 2;
      index++;
    } else bytes += 2;
  }
  return bytes;
}

/** Where to cut the text so that what is before, from `start` on, has at most `bytesMax` bytes and whole characters. */
export function cutText(text: string, start: number, bytesMax: number): { end: number; bytes: number } {
  let bytes = 0;
  let end = start;
  while (end < text.length) {
    const unit = text.charCodeAt(end);
    const isWide = unit >= 0x800 && isPair(text, end);
    const more = unit < 0x80 ? 1 : unit < 0x800 ? 2 : isWide ? 4 : 3;
    if (bytes + more > bytesMax) break;
    bytes += more;
    end += isWide ? 2 : 1;
  }
  return { end, bytes };
}

function isPair(text: string, index: number): boolean {
  const high = text.charCodeAt(index);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(index + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}
