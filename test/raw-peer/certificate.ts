import { generate } from "selfsigned";

export interface Certificate {
  key: string;
  cert: string;
}

/** A certificate for localhost and 127.0.0.1 that nobody trusts unless it is given as `ca`. */
export async function makeCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keySize: 2048,
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { key, cert };
}
