/** Marks up what the interactive client shows; every function returns its argument where colour is not wanted. */
export interface Style {
  readonly received: (text: string) => string;
  readonly notice: (text: string) => string;
  readonly problem: (text: string) => string;
}

const plain: Style = { received: (text) => text, notice: (text) => text, problem: (text) => text };

const coloured: Style = {
  received: (text) => `\x1b[36m${text}\x1b[39m`,
  notice: (text) => `\x1b[2m${text}\x1b[22m`,
  problem: (text) => `\x1b[31m${text}\x1b[39m`,
};

/** Colour on a terminal, unless NO_COLOR has a value (https://no-color.org) or the terminal is `dumb`. */
export function chooseStyle(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const wantsColour = isTerminal && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  return wantsColour ? coloured : plain;
}
