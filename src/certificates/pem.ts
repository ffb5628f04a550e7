const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** Writes DER under a label, in lines of 64 characters. RFC 7468 */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** The blocks of a text that have this label, in order; what stands between blocks is left out. */
export function pemBlocks(label: string, text: string): string[] {
  return [...text.matchAll(block)].filter(([, found]) => found === label).map(([whole]) => whole);
}

/** The bytes of the first block with this label, or `undefined` where there is none. */
export function fromPem(label: string, text: string): Uint8Array<ArrayBuffer> | undefined {
  const [first] = pemBlocks(label, text);
  return first === undefined
    ? undefined
    : new Uint8Array(Buffer.from(first.split('\n').slice(1, -1).join(''), 'base64'));
}
