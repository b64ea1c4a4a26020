import { constants } from "node:zlib";
import type {
  Deflater,
  DeflateParameters,
  Inflater,
  PerMessageDeflateOptions,
  Role,
} from "../protocol/index.ts";
import { SmallFirstDeflater, SmallFirstInflater } from "./small-codec.ts";
import { ZlibDeflater, ZlibInflater } from "./zlib-codec.ts";

/** The size in bytes from which messages are compressed, where the option `threshold` is not given. */
const defaultThreshold = 1024;
const defaultMemLevel = 8;

/** Makes the codecs that a connection's handshake agreed on. Those that keep no window are shared by all connections. */
export class DeflateCodecs {
  readonly #role: Role;
  readonly #options: PerMessageDeflateOptions;
  readonly #deflaters = new Map<number, Deflater>();
  readonly #inflaters = new Map<number, Inflater>();

  constructor(role: Role, options: PerMessageDeflateOptions) {
    this.#role = role;
    this.#options = options;
  }

  deflaterFor(parameters: DeflateParameters): Deflater {
    const own = sideOf(parameters, this.#role);
    const { threshold = defaultThreshold, memLevel = defaultMemLevel } = this.#options;
    const { level = constants.Z_DEFAULT_COMPRESSION } = this.#options;
    const options = { ...own, threshold, level, memLevel };
    if (own.takesOverContext) return new ZlibDeflater(options);
    // Who asks for a level wants zlib's ratio, for small messages, too.
    const isSmallFirst = this.#options.level === undefined;
    return share(this.#deflaters, own.windowBits, () =>
      isSmallFirst ? new SmallFirstDeflater(options) : new ZlibDeflater(options),
    );
  }

  inflaterFor(parameters: DeflateParameters): Inflater {
    const peer = sideOf(parameters, this.#role === "server" ? "client" : "server");
    if (peer.takesOverContext) return new ZlibInflater(peer);
    return share(this.#inflaters, peer.windowBits, () => new SmallFirstInflater(peer));
  }
}

function sideOf(
  parameters: DeflateParameters,
  role: Role,
): { windowBits: number; takesOverContext: boolean } {
  return role === "server"
    ? { windowBits: parameters.serverMaxWindowBits, takesOverContext: !parameters.serverNoContextTakeover }
    : { windowBits: parameters.clientMaxWindowBits, takesOverContext: !parameters.clientNoContextTakeover };
}

function share<Codec>(shared: Map<number, Codec>, windowBits: number, make: () => Codec): Codec {
  const known = shared.get(windowBits);
  if (known !== undefined) return known;
  const made = make();
  shared.set(windowBits, made);
  return made;
}
