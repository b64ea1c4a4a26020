const numberDigits = 8;
const letters = 26;
const pieceBytes = 64 * 1024;

/** For each letter of the alphabet, many of it. */
const pieces = Array.from({ length: letters }, (_, index) => Buffer.alloc(pieceBytes, letterOf(index)));

function letterOf(number: number): number {
  return 0x61 + (number % letters);
}

/** A message that tells its place: its number in 8 digits and then one letter, over and over. Shorter ones tell nothing. */
export function numberedMessage(number: number, bytes: number): Buffer {
  const message = Buffer.alloc(bytes, letterOf(number));
  if (bytes >= numberDigits) message.write(String(number).padStart(numberDigits, "0"), "latin1");
  return message;
}

/** The number of a message, if all of it is as `numberedMessage` made it. */
export function numberOf(message: Buffer): number {
  const number = Number(message.toString("latin1", 0, numberDigits));
  if (!isLetters(message.subarray(numberDigits), number)) throw new Error(`Message ${number} changed`);
  return number;
}

/** Whether all of it is the letter that belongs to the number. */
export function isLetters(bytes: Buffer, number: number): boolean {
  const piece = pieces[number % letters]!;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const end = Math.min(at + pieceBytes, bytes.length);
    if (bytes.compare(piece, 0, end - at, at, end) !== 0) return false;
  }
  return true;
}
