/** What is generated into circuits/ is current, and nothing in circuits/ takes a result that no constraint checks. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { IDENTITY_REGISTRY_ADDRESS } from '../../src/chain/constants.ts';
import { hashIdentityChange } from '../../src/chain/identity-change.ts';
import { keccak256 } from '../../src/chain/keccak.ts';
import { word32 } from '../../src/chain/packed.ts';
import {
  IDENTITY_CHANGED_TOPIC,
  LIST_INSERTED_TOPIC,
  WITHDRAWAL_TOPIC,
} from '../../src/execution/native/event-topics.ts';
import { CIRCUITS_FOLDER } from '../../src/prover/compile.ts';
import { LIBRARY_SOURCES, renderAll } from '../../src/prover/generate-constants.ts';
import { EVENT_TOPICS, TYPE_HASHES } from '../../src/prover/witness/hashed-names.ts';

const noirFiles = readdirSync(CIRCUITS_FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.nr'),
);

describe('circuits/lib', () => {
  it.each(Object.entries(renderAll()))('has a current %s', (name, text) => {
    expect(readFileSync(join(LIBRARY_SOURCES, name), 'utf8')).toBe(text);
  });

  it('has no unsafe block and no unconstrained function', () => {
    expect(noirFiles.length).toBeGreaterThan(20);
    for (const path of noirFiles) {
      expect(
        `${path}: ${readFileSync(join(CIRCUITS_FOLDER, path), 'utf8').match(/\bunsafe\b|\bunconstrained\b/)?.[0]}`,
      ).toBe(`${path}: undefined`);
    }
  });

  it('hashes the names that execution uses', () => {
    expect(Object.values(EVENT_TOPICS)).toEqual([WITHDRAWAL_TOPIC, IDENTITY_CHANGED_TOPIC, LIST_INSERTED_TOPIC]);
    const change = { signer: 1n, signerNonce: 2n, subject: 3n, oldValue: 4n, newValue: 5n, deadline: 6n };
    const domain = keccak256(concatBytes(TYPE_HASHES.domain, word32(9n), word32(IDENTITY_REGISTRY_ADDRESS)));
    const struct = keccak256(concatBytes(TYPE_HASHES.identityChange, ...Object.values(change).map(word32)));
    expect(keccak256(concatBytes(Uint8Array.of(0x19, 1), domain, struct))).toEqual(hashIdentityChange(9n, change));
  });
});
