// Gives a text to the user as a file.

/** How long a download may take to begin, until its address is given back; in milliseconds. */
const BEGINNING = 60_000;

export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), BEGINNING);
}

/** The name of a file for something with a name for people. */
export function fileName(name: string, extension: string): string {
  const plain = name.replace(/^https?:\/\//, '').replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${plain.slice(0, 80) || 'idpstore'}.${extension}`;
}

/** A certificate in PEM (RFC 7468), of the base64 of its DER. */
export function pem(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
