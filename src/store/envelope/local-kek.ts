import { createHmac, createSecretKey } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { storeError } from '../errors.ts';
import { associatedData } from './associated-data.ts';
import type { Kek } from './kek.ts';
import { openRecord, type RandomBytes, sealRecord } from './record-cipher.ts';

export const KEK_BYTES = 32;

/** A KEK held in this process's memory. File and environment KEKs differ only in where these bytes come from. */
export function createLocalKek(bytes: Secret, random: RandomBytes): Kek {
  const raw = bytes.reveal();
  if (raw.length !== KEK_BYTES) throw storeError('STORE_KEK_MISSING', `a KEK has ${KEK_BYTES} bytes`);
  if (raw.every((byte) => byte === raw[0])) throw storeError('STORE_KEK_UNSAFE', 'the KEK is one repeated byte');
  const key = createSecretKey(raw);
  const dataKey = { version: 0, key };
  const id = createHmac('sha256', key).update('privity kek id').digest('hex').slice(0, 16);
  const associated = (context: Uint8Array) => associatedData('privity kek', id, context);
  return {
    id,
    wrap: async (secret, context) => sealRecord(dataKey, associated(context), secret.reveal(), random),
    unwrap: async (wrapped, context) => {
      const plain = openRecord(dataKey, associated(context), wrapped);
      if (plain === undefined) throw storeError('STORE_KEK_WRONG', `KEK ${id} does not open a wrapped key`);
      return new Secret(plain);
    },
  };
}

/** 64 hexadecimal digits, with or without 0x. Undefined for anything else. */
export function parseKekHex(text: string): Secret | undefined {
  const match = /^(?:0x)?([0-9a-fA-F]{64})\s*$/.exec(text);
  return match === null ? undefined : new Secret(new Uint8Array(Buffer.from(match[1]!, 'hex')));
}
