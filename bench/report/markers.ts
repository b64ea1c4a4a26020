/** The text with what stands between the markers `<!-- NAME -->` and `<!-- /NAME -->` replaced. Throws without them. */
export function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close, start);
  if (start < 0 || end < 0) throw new Error(`The markers ${open} and ${close} are not there`);
  return `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
}
