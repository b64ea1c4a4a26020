import type { Frame } from "./simulated-connection.ts";

/** Counts frames by what they are, to find ends that talk more than they have to say. */
export class FrameCount {
  data = 0;
  acks = 0;
  pings = 0;
  /** `open` and `resume`, `stream`, and everything else. */
  attachments = 0;
  streams = 0;
  others = 0;

  get all(): number {
    return this.data + this.acks + this.pings + this.attachments + this.streams + this.others;
  }

  add(frame: Frame): void {
    if (typeof frame !== "string" || /^\d/.test(frame)) this.data++;
    else if (frame.startsWith("ack ")) this.acks++;
    else if (/^p[io]ng /.test(frame)) this.pings++;
    else if (/^(?:open|resume) /.test(frame)) this.attachments++;
    else if (frame.startsWith("stream ")) this.streams++;
    else this.others++;
  }
}
