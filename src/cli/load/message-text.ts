const words = [
  "position",
  "channel",
  "member",
  "update",
  "price",
  "user",
  "value",
  "typing",
  "room",
  "status",
];

/** Something like the JSON that applications send: `bytes` ASCII characters, which differ with the seed. */
export function makeText(bytes: number, seed: number): string {
  const parts = [`{"id":${seed}`];
  for (let i = seed, length = parts[0]!.length; length < bytes; i++) {
    const part = `,"${words[i % words.length]}":${(i * 7919) % 10_007}`;
    parts.push(part);
    length += part.length;
  }
  return parts.join("").slice(0, bytes);
}
