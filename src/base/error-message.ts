/** Errors between threads: a coded one comes out as the same code, with its texts; any other as an Error with its message. */

import { errorCatalogues, isPrivityError, PrivityError } from './errors.ts';

export interface ErrorMessage {
  /** Absent for an error without a code. */
  readonly code?: string;
  readonly text: string;
  readonly publicText?: string;
}

export function toErrorMessage(error: unknown): ErrorMessage {
  if (isPrivityError(error)) return { code: error.code, text: error.internalText, publicText: error.publicText };
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** A code that no catalogue loaded here has is an internal error that names it. */
export function fromErrorMessage({ code, text, publicText }: ErrorMessage): Error {
  if (code === undefined) return new Error(text);
  for (const specs of errorCatalogues().values()) {
    const spec = specs[code];
    if (spec !== undefined) return new PrivityError(code, spec, text, publicText === undefined ? {} : { publicText });
  }
  return new Error(`${code}: ${text}`);
}
