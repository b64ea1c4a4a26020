/** A fenced block of a Markdown file. */
export interface CodeBlock {
  /** The word after the fence: js, ts, sh, html, text. */
  readonly language: string;
  /** The file that it is, if its first line is a comment with nothing but a file's name. */
  readonly file: string | undefined;
  readonly text: string;
  /** The heading above it. */
  readonly section: string;
}

const fence = /^```(\w*)\n(.*?)^```$/gms;
const fileName = /^(?:\/\/|<!--) ([\w-]+\.\w+)(?: -->)?$/;

/** All blocks, in order. */
export function readCodeBlocks(markdown: string): CodeBlock[] {
  return Array.from(markdown.matchAll(fence), ({ 1: language = "", 2: text = "", index }) => ({
    language,
    file: fileName.exec(text.split("\n", 1)[0]!)?.[1],
    text,
    section: [...markdown.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "",
  }));
}
