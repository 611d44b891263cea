/** What the tree's thread is asked and what it answers. */

import type { ViewData } from './sparse-view.ts';
import type { SnapshotPage } from './tree-snapshot.ts';

export interface TreeThreadOptions {
  readonly bytesMax: number;
  /** Threads that hash, the tree's own included. */
  readonly hashThreads: number;
}

export interface TreeHead {
  readonly batch: bigint | undefined;
  readonly root: bigint;
  readonly nextIndex: number;
}

/** Of a record's changed leaves, in its order: the key, and the next key before and after. */
export interface ChangedKeys {
  readonly own: Uint32Array<ArrayBuffer>;
  readonly nextBefore: Uint32Array<ArrayBuffer>;
  readonly nextAfter: Uint32Array<ArrayBuffer>;
}

/** Answers by request kind. */
export interface TreeAnswers {
  apply: { readonly head: TreeHead; readonly record: Uint8Array<ArrayBuffer>; readonly keys: ChangedKeys };
  undo: { readonly head: TreeHead; readonly values: Uint32Array<ArrayBuffer> };
  /** `batch` is the one whose tree was read. */
  capture: { readonly capture: number; readonly batch: bigint };
  rewind: Record<string, never>;
  finish: { readonly data: ViewData };
  /** Undefined past the last page. */
  page: { readonly bytes: Uint8Array<ArrayBuffer> | undefined };
  load: Record<string, never>;
  loaded: { readonly head: TreeHead };
  verify: { readonly isSound: boolean };
}

export type TreeRequest =
  | { readonly kind: 'apply'; readonly batch: bigint; readonly writes: Uint32Array; readonly saltKey: Uint8Array }
  | { readonly kind: 'undo'; readonly batch: bigint; readonly before: bigint | undefined; readonly record: Uint8Array }
  | { readonly kind: 'capture'; readonly nextIndex: number | undefined; readonly keys: Uint32Array }
  | { readonly kind: 'rewind'; readonly capture: number; readonly batch: bigint; readonly record: Uint8Array }
  | { readonly kind: 'finish'; readonly capture: number }
  /** A page of the snapshot of the tree after `batch`, while it is the last one. */
  | { readonly kind: 'page'; readonly batch: bigint | undefined; readonly page: number }
  /** Fills a new tree, page by page; `loaded` ends it. */
  | { readonly kind: 'load'; readonly nextIndex: number; readonly page: SnapshotPage }
  | { readonly kind: 'loaded'; readonly nextIndex: number; readonly batch: bigint | undefined }
  | { readonly kind: 'verify' };

/** What the thread is sent; after `close` it ends by itself, which it must: ending it from outside while it runs wasm can abort the process. */
export type TreeMessage = { readonly id: number; readonly request: TreeRequest } | 'close';

export type TreeReply =
  | { readonly id: number; readonly answer: TreeAnswers[keyof TreeAnswers] | TreeHead }
  /** A refusal: the tree has not changed. Anything else ends the thread. */
  | { readonly id: number; readonly refused: { readonly code: string; readonly text: string } };
