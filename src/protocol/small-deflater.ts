import { BitWriter, writtenBitsMax } from "./small-bit-writer.ts";
import { CodeHeader } from "./small-code-header.ts";
import {
  BlockType,
  codeBitsMax,
  distanceBases,
  distanceExtraBits,
  distanceSymbol,
  endOfBlock,
  fixedDistanceBits,
  fixedLiteralBits,
  lengthBases,
  lengthExtraBits,
  lengthSymbol,
} from "./small-deflate-symbols.ts";
import { HuffmanEncoder, lengthBits, lengthMask } from "./small-huffman-encoder.ts";
import { distanceBits, distanceMask, Tokenizer } from "./small-tokenizer.ts";

/** From this many bytes on, codes of a message's own save enough to be worth the time that they take. */
const ownCodesBytesMin = 192;

/** With the most extra bits of a distance this is what can be written at once. */
const distanceCodeBitsMax = writtenBitsMax - 13;

const fixedLiterals = fixedEncoder(fixedLiteralBits);
const fixedDistances = fixedEncoder(fixedDistanceBits);

function fixedEncoder(lengths: Uint8Array): HuffmanEncoder {
  const encoder = new HuffmanEncoder(new Uint16Array(lengths.length), {
    bitsMax: codeBitsMax,
    frequencyMax: 0,
  });
  encoder.assign(lengths);
  return encoder;
}

/**
 * Deflates small messages, each by itself (RFC 7692 §7.2.1, RFC 1951): as one block with whichever of the fixed codes, codes
 * of its own, or none takes the least.
 */
export class SmallDeflater {
  readonly #output: Uint8Array;
  readonly #writer: BitWriter;
  readonly #tokenizer: Tokenizer;
  readonly #literals: HuffmanEncoder;
  readonly #distances: HuffmanEncoder;
  readonly #header = new CodeHeader();

  /**
   * Takes messages of up to `bytesMax` bytes, below 2^16. `output` is where they are deflated to, one after another; it has
   * room for an eighth more than that, and 16 bytes.
   */
  constructor(bytesMax: number, output: Uint8Array) {
    this.#output = output;
    this.#writer = new BitWriter(output);
    this.#tokenizer = new Tokenizer(bytesMax);
    this.#literals = new HuffmanEncoder(this.#tokenizer.literals, {
      bitsMax: codeBitsMax,
      frequencyMax: bytesMax,
    });
    this.#distances = new HuffmanEncoder(this.#tokenizer.distances, {
      bitsMax: distanceCodeBitsMax,
      frequencyMax: bytesMax,
    });
  }

  /**
   * Returns how many bytes of `output` the message is now, for a peer whose window has 2 to the power of `windowBits`
   * bytes. They end within an empty stored block, the rest of which RFC 7692 §7.2.1 removes.
   */
  deflate(message: Uint8Array, windowBits: number): number {
    const writer = this.#writer;
    this.#tokenizer.tokenize(message, 1 << windowBits);
    writer.restart();
    if (message.length >= ownCodesBytesMin && this.#makeOwnCodes()) {
      writer.write(BlockType.Dynamic << 1, 3);
      this.#header.write(writer);
      this.#writeTokens(this.#literals, this.#distances);
    } else {
      writer.write(BlockType.Fixed << 1, 3);
      this.#writeTokens(fixedLiterals, fixedDistances);
    }
    writer.write(BlockType.Stored << 1, 3);
    return writer.bytes <= message.length + 6 ? writer.bytes : this.#store(message);
  }

  /** Makes codes for what was counted, and returns whether a block is shorter with them than with the fixed ones. */
  #makeOwnCodes(): boolean {
    this.#literals.build();
    this.#distances.build();
    this.#header.build(this.#literals, this.#distances);
    const own = this.#header.bits + this.#literals.bits + this.#distances.bits;
    return own < this.#literals.bitsBy(fixedLiteralBits) + this.#distances.bitsBy(fixedDistanceBits);
  }

  #writeTokens({ entries: literals }: HuffmanEncoder, { entries: distances }: HuffmanEncoder): void {
    const writer = this.#writer;
    const { tokens, count } = this.#tokenizer;
    for (let i = 0; i < count; i++) {
      const token = tokens[i]!;
      if (token < endOfBlock) {
        const entry = literals[token]!;
        writer.write(entry >>> lengthBits, entry & lengthMask);
      } else {
        const length = token >>> distanceBits;
        const distance = token & distanceMask;
        const symbol = lengthSymbol(length);
        const index = symbol - endOfBlock - 1;
        let entry = literals[symbol]!;
        let bits = entry & lengthMask;
        writer.write(
          (entry >>> lengthBits) | ((length - lengthBases[index]!) << bits),
          bits + lengthExtraBits[index]!,
        );
        const far = distanceSymbol(distance);
        entry = distances[far]!;
        bits = entry & lengthMask;
        writer.write(
          (entry >>> lengthBits) | ((distance - distanceBases[far]!) << bits),
          bits + distanceExtraBits[far]!,
        );
      }
    }
    const entry = literals[endOfBlock]!;
    writer.write(entry >>> lengthBits, entry & lengthMask);
  }

  /** A stored block (RFC 1951 §3.2.4), and the empty one behind it. */
  #store(message: Uint8Array): number {
    const output = this.#output;
    const bytes = message.length;
    output[0] = BlockType.Stored << 1;
    output[1] = bytes;
    output[2] = bytes >>> 8;
    output[3] = ~bytes;
    output[4] = ~bytes >>> 8;
    output.set(message, 5);
    output[bytes + 5] = BlockType.Stored << 1;
    return bytes + 6;
  }
}
