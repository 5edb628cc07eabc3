import type { Fetcher } from './sources.js';

/** The document at a URL, unless it cannot be had; the vendor's API then says so. */
export async function fetched(fetcher: Fetcher | undefined, url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const response = await fetcher?.(url);
    return response?.status === 200 ? new Uint8Array(await response.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}
