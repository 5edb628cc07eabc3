// What a call is given as the content of a file.

/** The content of a file: a text, or its bytes. */
export type FileContent = string | Uint8Array;
