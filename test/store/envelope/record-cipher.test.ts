import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { associatedData } from '../../../src/store/envelope/associated-data.ts';
import {
  openRecord,
  RECORD_OVERHEAD,
  recordKeyVersion,
  sealRecord,
} from '../../../src/store/envelope/record-cipher.ts';

const newKey = (version = 1) => ({ version, key: createSecretKey(randomBytes(32)) });
const identity = associatedData('table', 7);

test('what was sealed opens, for any length, and costs a fixed overhead', () => {
  const key = newKey(0xffff_ffff);
  for (const length of [0, 1, 15, 16, 17, 1_000, 70_000]) {
    const plain = new Uint8Array(randomBytes(length));
    const record = sealRecord(key, identity, plain, randomBytes);
    expect(record.length).toBe(length + RECORD_OVERHEAD);
    expect(recordKeyVersion(record)).toBe(0xffff_ffff);
    expect(openRecord(key, identity, record)).toEqual(plain);
  }
});

test('the same bytes never seal alike', () => {
  const key = newKey();
  const records = Array.from({ length: 200 }, () =>
    Buffer.from(sealRecord(key, identity, new Uint8Array(16), randomBytes)).toString('hex'),
  );
  expect(new Set(records).size).toBe(200);
  expect(new Set(records.map((record) => record.slice(10, 66))).size).toBe(200);
});

test('every flipped bit, every truncation, another key, version or identity: nothing opens', () => {
  const key = newKey(3);
  const record = sealRecord(key, identity, new Uint8Array(20), randomBytes);
  let refused = 0;
  for (let bit = 0; bit < record.length * 8; bit++) {
    const edited = Uint8Array.from(record);
    edited[bit >> 3]! ^= 1 << (bit & 7);
    expect(openRecord(key, identity, edited)).toBeUndefined();
    refused += 1;
  }
  for (let length = 0; length < record.length; length++) {
    expect(openRecord(key, identity, record.subarray(0, length))).toBeUndefined();
    refused += 1;
  }
  expect(openRecord(newKey(3), identity, record)).toBeUndefined();
  expect(openRecord({ ...key, version: 4 }, identity, record)).toBeUndefined();
  expect(openRecord(key, associatedData('table', 8), record)).toBeUndefined();
  expect(openRecord(key, identity, record)).toBeDefined();
  expect(refused).toBe(record.length * 9);
});

test('associated data is injective where it could be confused', () => {
  const lists = [
    ['ab', 'c'],
    ['a', 'bc'],
    ['abc'],
    ['abc', null],
    [null, 'abc'],
    [1, 2],
    [12],
    ['12'],
    [new Uint8Array([0x31, 0x32])],
    [''],
    [new Uint8Array(0)],
    [null],
    [],
  ] as const;
  const encoded = lists.map((list) => Buffer.from(associatedData(...list)).toString('hex'));
  expect(new Set(encoded).size).toBe(lists.length);
});
