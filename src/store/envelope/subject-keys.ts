import { createSecretKey, type KeyObject } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import { storeError } from '../errors.ts';
import type { ReadHandle } from '../schema.ts';
import type { SealedRows } from '../sealed-rows.ts';
import type { WriteScope } from '../write-scope.ts';
import { type AssociatedValue, associatedData } from './associated-data.ts';
import { openRecord, type RandomBytes, sealRecord } from './record-cipher.ts';

/**
 * A key per person, inside the envelope of the table `subject_keys`. What is sealed with it is inside the envelope of its own table too,
 * so rotation of data keys never touches it. Destroying the key erases the person: rows left in old copies no longer open.
 *
 * Limit: a copy of the database made before the erasure, together with the KEK of that time, still opens them. Rotating the data keys
 * (`StoreKeys`) after an erasure and dropping the old backups closes that.
 */
export interface SubjectKeys {
  create(scope: WriteScope): Promise<Uint8Array>;
  destroy(scope: WriteScope, subject: Uint8Array): Promise<boolean>;
  /** Fetches the keys of many people at once; `open` then finds them. At most `SUBJECTS_PREPARED_MAX`. */
  prepare(db: ReadHandle, subjects: readonly Uint8Array[]): Promise<void>;
  seal(
    db: ReadHandle,
    subject: Uint8Array,
    identity: readonly AssociatedValue[],
    plain: Uint8Array,
  ): Promise<Uint8Array>;
  open(
    db: ReadHandle,
    subject: Uint8Array,
    identity: readonly AssociatedValue[],
    sealed: Uint8Array,
  ): Promise<Uint8Array>;
}

export const SUBJECT_ID_BYTES = 16;
const CACHE_MAX = 4_096;
export const SUBJECTS_PREPARED_MAX = 200;

export function createSubjectKeys(deps: { rows: SealedRows; random: RandomBytes }): SubjectKeys {
  const { rows, random } = deps;
  const cache = new Map<string, KeyObject>();
  // A reader that was under way during the erasure may cache the key again: it must not serve anybody.
  const destroyed = new Set<string>();
  const nameOf = (subject: Uint8Array) => Buffer.from(subject).toString('hex');
  const remember = (name: string, key: KeyObject) => {
    if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value!);
    cache.set(name, key);
  };
  const keyOf = async (db: ReadHandle, subject: Uint8Array) => {
    const name = nameOf(subject);
    if (destroyed.has(name)) throw storeError('STORE_SUBJECT_ERASED', 'the key of this subject was destroyed');
    const cached = cache.get(name);
    if (cached !== undefined) return { version: 1, key: cached };
    const record = await rows.get(db, subject);
    if (record === undefined) throw storeError('STORE_SUBJECT_ERASED', 'the key of this subject is gone');
    const key = createSecretKey(record.plain);
    // Not cached within a write transaction, which may be rolled back.
    if (!db.isTransaction) remember(name, key);
    return { version: 1, key };
  };
  const associated = (subject: Uint8Array, identity: readonly AssociatedValue[]) =>
    associatedData('privity subject record', subject, ...identity);

  return {
    create: async (scope) => {
      const subject = random(SUBJECT_ID_BYTES);
      await rows.insert(scope, { id: subject, plain: random(32) });
      return subject;
    },
    destroy: async (scope, subject) => {
      const existed = await rows.remove(scope, subject);
      scope.afterCommit(() => {
        cache.delete(nameOf(subject));
        destroyed.add(nameOf(subject));
      });
      return existed;
    },
    prepare: async (db, subjects) => {
      assert(subjects.length <= SUBJECTS_PREPARED_MAX, 'so many keys fit in memory');
      if (db.isTransaction) return;
      const unknown = new Map(subjects.map((subject) => [nameOf(subject), subject] as const));
      for (const name of unknown.keys()) if (cache.has(name) || destroyed.has(name)) unknown.delete(name);
      for (const { id, plain } of await rows.getMany(db, [...unknown.values()])) {
        const name = nameOf(id);
        if (!destroyed.has(name)) remember(name, createSecretKey(plain));
      }
    },
    seal: async (db, subject, identity, plain) =>
      sealRecord(await keyOf(db, subject), associated(subject, identity), plain, random),
    open: async (db, subject, identity, sealed) => {
      const plain = openRecord(await keyOf(db, subject), associated(subject, identity), sealed);
      if (plain === undefined) throw storeError('STORE_RECORD_CORRUPT', 'a personal record does not open');
      return plain;
    },
  };
}
