/** What the crowd and its hosts speak. */
export const subprotocol = "the-language-of-the-crowd";
