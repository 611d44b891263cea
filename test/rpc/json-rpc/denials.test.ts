/** What a denied sender gets (G5, G7): enough to hold the operator to the denial, nothing that tells why. Checked with other code than ours. */

import { createHash } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak256 } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Denial, SignedDenial } from '../../../src/chain/denial.ts';
import { createRpcScene, type RpcScene } from '../../support/rpc-scene.ts';
import { ETHER, WORLD_CHAIN_ID, WORLD_DENIAL_SIGNER } from '../../support/rpc-world.ts';

interface DenialAnswer {
  readonly code: string;
  readonly batchNumber: string;
  readonly timestamp: string;
  readonly detailHash: string;
  readonly signature: string;
  readonly withdrawn?: { readonly blockNumber: string; readonly blockHash: string; readonly transactionIndex: string };
  readonly ruleId?: string;
  readonly reason?: string;
  readonly salt?: string;
}

/** docs/PROTOCOL.md 6, word for word. */
const CODES = ['policy', 'capacity', 'expired', 'replaced', 'invalid', 'revoked'];
const u64 = (value: bigint | string): string => BigInt(value).toString(16).padStart(16, '0');
const sha256 = (...parts: string[]): string =>
  createHash('sha256')
    .update(Buffer.from(parts.join(''), 'hex'))
    .digest('hex');

function isSigned(hash: string, answer: DenialAnswer, key: string): boolean {
  const { withdrawn } = answer;
  const digest = sha256(
    Buffer.from(withdrawn === undefined ? 'privity denial 1' : 'privity denial 2').toString('hex'),
    u64(WORLD_CHAIN_ID),
    hash.slice(2),
    u64(BigInt(CODES.indexOf(answer.code))),
    u64(answer.batchNumber),
    u64(answer.timestamp),
    answer.detailHash.slice(2),
    ...(withdrawn === undefined
      ? []
      : [u64(withdrawn.blockNumber), withdrawn.blockHash.slice(2), u64(withdrawn.transactionIndex)]),
  );
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
  return secp256k1.verify(bytes(answer.signature.slice(2)), bytes(digest), bytes(key.slice(2)), { prehash: false });
}

describe('a denied sender', () => {
  let scene: RpcScene;
  let hash: `0x${string}`;
  let revoked: `0x${string}`;
  const REASON = 'to holds customer';
  const ask = async (who: keyof RpcScene['tokens'], of = hash) => {
    const { result } = await scene.world.rpc(scene.tokens[who], 'privity_getOutcome', [of]);
    return result as { status: string; denial: DenialAnswer } | null;
  };

  beforeAll(async () => {
    scene = await createRpcScene();
    const { alice, bob } = scene.world.people;
    hash = keccak256(await scene.world.transfer(alice, bob.address, ETHER, 70));
    revoked = keccak256(await scene.world.transfer(alice, bob.address, ETHER, 71));
    const denial: Denial = {
      chainId: WORLD_CHAIN_ID,
      transactionHash: BigInt(hash),
      sender: BigInt(alice.address),
      nonce: 70n,
      code: 'policy',
      batch: 4n,
      timestamp: 1_800_000_000n,
      ruleId: 'write.native.transfer#customer',
      reason: REASON,
      salt: BigInt(`0x${'c3'.repeat(32)}`),
    };
    const withdrawn = { block: 9n, blockHash: 77n, index: 2 };
    for (const one of [denial, { ...denial, transactionHash: BigInt(revoked), code: 'revoked' as const, withdrawn }]) {
      scene.world.small.deny(WORLD_DENIAL_SIGNER.sign(one) satisfies SignedDenial);
    }
  });
  afterAll(() => scene?.world.close());

  const publishedKey = async () => {
    const { body } = await scene.world.get('/.well-known/prividium');
    return (body['v1'] as { denialPublicKey: string }).denialPublicKey;
  };

  it('can check the denial with the published key, and it covers every field', async () => {
    const key = await publishedKey();
    for (const of of [hash, revoked]) {
      const { denial } = (await ask('alice', of))!;
      expect(isSigned(of, denial, key)).toBe(true);
      const changes: Partial<DenialAnswer>[] = [
        { code: 'expired' },
        { batchNumber: '0x5' },
        { timestamp: '0x1' },
        { detailHash: `0x${'00'.repeat(32)}` },
        ...(denial.withdrawn === undefined
          ? [{ withdrawn: { blockNumber: '0x1', blockHash: `0x${'00'.repeat(32)}`, transactionIndex: '0x0' } }]
          : [
              { withdrawn: { ...denial.withdrawn, blockNumber: '0x8' } },
              { withdrawn: { ...denial.withdrawn, transactionIndex: '0x1' } },
            ]),
      ];
      for (const change of changes) expect(isSigned(of, { ...denial, ...change }, key)).toBe(false);
      expect(isSigned(`0x${'11'.repeat(32)}`, denial, key)).toBe(false);
    }
  });

  it('is not told why, and cannot find out by guessing', async () => {
    const answer = (await ask('alice'))!;
    const text = JSON.stringify(answer);
    expect(Object.keys(answer.denial).sort()).toEqual(['batchNumber', 'code', 'detailHash', 'signature', 'timestamp']);
    for (const secret of [REASON, 'write.native', 'c3'.repeat(8)]) expect(text).not.toContain(secret);
    const guess = Buffer.from(JSON.stringify(['write.native.transfer#customer', REASON])).toString('hex');
    expect(answer.denial.detailHash).not.toBe(`0x${sha256(guess)}`);
    expect(answer.denial.detailHash).not.toBe(`0x${sha256('00'.repeat(32), guess)}`);
  });

  it('can be shown the reason later: compliance has what the hash is made of', async () => {
    const { denial } = (await ask('auditor'))!;
    expect(denial).toMatchObject({ ruleId: 'write.native.transfer#customer', reason: REASON });
    const precise = Buffer.from(JSON.stringify([denial.ruleId, denial.reason])).toString('hex');
    expect(`0x${sha256(denial.salt!.slice(2), precise)}`).toBe((await ask('alice'))!.denial.detailHash);
  });

  it('is the only one besides oversight: for others there is no such outcome', async () => {
    expect(await ask('bob')).toBeNull();
    expect(await ask('carol')).toBeNull();
  });
});
