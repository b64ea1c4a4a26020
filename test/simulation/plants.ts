/** Faults to be planted in the sources, each of which the simulation has to find. */
export interface Plant {
  readonly fault: string;
  readonly changes: readonly Change[];
  /** What the simulation says of it. */
  readonly symptom: RegExp;
}

interface Change {
  /** In src/session. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly text: string;
  readonly with: string;
}

const broken3503 = /ended with|server: |does not come to rest/;
const stalls = /did not end|ended with|does not come to rest|hang|although the server has it/;

export const plants: readonly Plant[] = [
  {
    fault: "acknowledgements of one stream are skipped",
    changes: [
      {
        file: "acknowledger.ts",
        text: "if (stream.isAckDue) this.send(stream);",
        with: 'if (stream.isAckDue && stream.name !== "side") this.send(stream);',
      },
    ],
    symptom: stalls,
  },
  {
    fault: "the cursor moves after the handler",
    changes: [
      { file: "receive-stream.ts", text: "    this.#have = next;\n", with: "" },
      {
        file: "receive-stream.ts",
        text: "      this.#done++;\n",
        with: "      this.#have = Math.max(this.#have, ++this.#done);\n",
      },
    ],
    symptom: broken3503,
  },
  {
    fault: "a link goes on where the one before stopped, whatever arrived",
    changes: [{ file: "send-stream.ts", text: "    this.#next = position.have + 1;\n", with: "" }],
    symptom: broken3503,
  },
  {
    fault: "a link resends from a message too late",
    changes: [
      {
        file: "send-stream.ts",
        text: "this.#next = position.have + 1;",
        with: "this.#next = position.have + 2;",
      },
    ],
    symptom: broken3503,
  },
  {
    fault: "a link resends what has not begun, and the receiver takes it again",
    changes: [
      {
        file: "send-stream.ts",
        text: "this.#next = position.have + 1;",
        with: "this.#next = position.started + 1;",
      },
      {
        file: "receive-stream.ts",
        text: "    if (header.message !== next ||",
        with: "    if (header.message > next ||",
      },
    ],
    symptom: /duplicate [1-9]|ended with/,
  },
  {
    fault: "a message goes on at its first byte, and the receiver at the next",
    changes: [{ file: "send-stream.ts", text: "    this.#characterOffset = cut;\n", with: "" }],
    symptom: /is broken|ended with|hang|does not come to rest/,
  },
  {
    fault: "the linkEpoch of an answer is compared wrongly",
    changes: [
      {
        file: "client-session.ts",
        text: "resumed.linkEpoch !== this.#linkEpoch",
        with: "resumed.linkEpoch !== this.#linkEpoch - 1",
      },
    ],
    symptom: broken3503,
  },
  {
    fault: "credit is returned twice",
    changes: [
      { file: "receive-stream.ts", text: "this.#doneBytes += bytes;", with: "this.#doneBytes += 2 * bytes;" },
    ],
    symptom: /bytes are held/,
  },
  {
    fault: "the room that was lent to a message is not returned",
    changes: [{ file: "receive-pool.ts", text: "    this.#lent -= returned;\n", with: "" }],
    symptom: stalls,
  },
  {
    fault: "the secret before does not hold until the client was heard",
    changes: [{ file: "server-session.ts", text: "    this.#previousSecret = shown;\n", with: "" }],
    symptom: /although the server has it/,
  },
  {
    fault: "the gap of what was sent is one short",
    changes: [
      {
        file: "send-stream.ts",
        text: "return this.#ordinals(this.#done + 1, this.#next - 1);",
        with: "return this.#ordinals(this.#done + 1, this.#next - 2);",
      },
    ],
    symptom: /lost [1-9]/,
  },
  {
    fault: "the gap of what was to be received begins one late",
    changes: [
      { file: "receive-stream.ts", text: "{ from: this.#have + 1, to:", with: "{ from: this.#have + 2, to:" },
    ],
    symptom: /lost [1-9]/,
  },
  {
    fault: "the link before is not fenced",
    changes: [
      {
        file: "server-session.ts",
        text: '    old?.end(new SessionError("SESSION_TAKEN_OVER", { linkEpoch }), { linkEpoch });\n',
        with: "    void old;\n",
      },
    ],
    symptom: broken3503,
  },
  {
    fault: "bulk that arrived is never noticed",
    changes: [
      {
        file: "transmitter.ts",
        text: "    this.#bulkWindow?.acknowledged(bytes, this.#owner.now());\n",
        with: "    void bytes;\n",
      },
    ],
    symptom: stalls,
  },
  {
    fault: "messages count as started when they arrive",
    changes: [
      {
        file: "receive-stream.ts",
        text: "      started: this.#started,\n",
        with: "      started: this.#have,\n",
      },
    ],
    symptom: /messages are under way/,
  },
  {
    fault: "a message more is sent than there is credit for",
    changes: [
      {
        file: "send-stream.ts",
        text: "this.#numbered >= this.#messagesMax",
        with: "this.#numbered > this.#messagesMax",
      },
    ],
    symptom: broken3503,
  },
  {
    fault: "an open that is repeated opens another session",
    changes: [
      {
        file: "session-registry.ts",
        text: "    const known = this.#byNonce.get(open.nonce);\n",
        with: "    const known = undefined as ServerSession | undefined;\n",
      },
    ],
    symptom: /two sessions at once/,
  },
  {
    fault: "limits are raised without a word",
    changes: [{ file: "acknowledger.ts", text: "receiving.grantBytes()", with: "receiving.grant()" }],
    symptom: stalls,
  },
];
