import { storeError } from '../errors.ts';
import { type AssociatedValue, associatedData } from './associated-data.ts';
import type { KeyPurpose, KeyRing } from './key-ring.ts';
import { openRecord, type RandomBytes, recordKeyVersion, sealRecord } from './record-cipher.ts';

/** Seals under the active key of a purpose, opens under the version a record names. */
export interface RecordVault {
  seal(
    purpose: KeyPurpose,
    identity: readonly AssociatedValue[],
    plain: Uint8Array,
  ): { keyVersion: number; payload: Uint8Array };
  /** Throws STORE_RECORD_CORRUPT when the record or anything in its identity differs, STORE_KEY_MISSING when its key is gone. */
  open(purpose: KeyPurpose, identity: readonly AssociatedValue[], payload: Uint8Array): Uint8Array;
}

export function createRecordVault(keys: KeyRing, random: RandomBytes): RecordVault {
  const associated = (purpose: string, identity: readonly AssociatedValue[]) =>
    associatedData('privity record', keys.storeId, purpose, ...identity);
  return {
    seal: (purpose, identity, plain) => {
      const key = keys.active(purpose);
      return { keyVersion: key.version, payload: sealRecord(key, associated(purpose, identity), plain, random) };
    },
    open: (purpose, identity, payload) => {
      const version = recordKeyVersion(payload);
      if (version === undefined) throw storeError('STORE_RECORD_CORRUPT', `a ${purpose} record is cut short`);
      const plain = openRecord(keys.version(purpose, version), associated(purpose, identity), payload);
      if (plain === undefined) throw storeError('STORE_RECORD_CORRUPT', `a ${purpose} record does not open`);
      return plain;
    },
  };
}
