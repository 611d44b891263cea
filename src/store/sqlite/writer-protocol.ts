/** What the main thread and the writer thread say to each other. */

export type SqlValue = string | number | bigint | Uint8Array | null;

export interface WriterOptions {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly integrityCheck: 'quick' | 'full';
  /** Only for tests of a full disk. */
  readonly pagesMax?: number;
}

export type WriterRequest =
  | { readonly id: number; readonly kind: 'query'; readonly sql: string; readonly parameters: readonly SqlValue[] }
  | { readonly id: number; readonly kind: 'integrity'; readonly depth: 'quick' | 'full' }
  | { readonly id: number; readonly kind: 'close' };

export type WriterReply =
  | { readonly id: number; readonly rows: Record<string, unknown>[]; readonly changes: number | undefined }
  | { readonly id: number; readonly failure: { readonly code: string; readonly message: string } };

/** Sent once, with id 0, when the database is open or could not be opened. */
export const OPENED = 0;
