// Gives a text to the user as a file.

/** How long a download may take to begin, until its address is given back; in milliseconds. */
const BEGINNING = 60_000;

export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), BEGINNING);
}
