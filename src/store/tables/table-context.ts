import type { KeyRing } from '../envelope/key-ring.ts';
import type { SubjectKeys } from '../envelope/subject-keys.ts';
import type { SealedTable } from '../schema.ts';
import type { SealedRows } from '../sealed-rows.ts';
import type { BlockCache } from './block-cache.ts';
import type { PostingCounts } from './log-postings.ts';

/** What every table is built from. */
export interface TableContext {
  readonly rows: Readonly<Record<SealedTable, SealedRows>>;
  readonly blindIndex: KeyRing['blindIndex'];
  readonly subjects: SubjectKeys;
  readonly blockCache: BlockCache;
  readonly postingCounts: PostingCounts;
}
