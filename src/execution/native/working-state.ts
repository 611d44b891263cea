import { assert } from '../../base/assert.ts';
import { decodeIdentity, type Identity } from '../../chain/identity.ts';
import { listKey, publicKeyHash } from '../../chain/keys.ts';
import type { Log } from '../../chain/log.ts';
import type { PublicKey } from '../../chain/secp256k1.ts';
import { isZeroWord, LIMB, toWord, type Word } from '../../chain/word.ts';
import type { LeafKeys } from '../leaf-keys.ts';
import { LeafOverlay } from '../leaf-overlay.ts';
import type { OutgoingMessage, StateReader } from '../port.ts';

/** The leaves, logs and messages of one transaction or operation while it runs. Dropped when it is refused. */
export class WorkingState {
  readonly logs: Log[] = [];
  readonly messages: OutgoingMessage[] = [];
  readonly leaves: LeafOverlay;
  readonly #keys: LeafKeys;

  constructor(state: StateReader, keys: LeafKeys) {
    this.leaves = new LeafOverlay(state);
    this.#keys = keys;
  }

  account(address: bigint): Word {
    return this.leaves.get(this.#keys.account(address));
  }

  bumpNonce(address: bigint): void {
    const { hi, lo } = this.account(address);
    this.leaves.set(this.#keys.account(address), { hi: hi + 1n, lo });
  }

  /** The caller has compared the balance: going below zero is a broken invariant. */
  debit(address: bigint, wei: bigint): void {
    const { hi, lo } = this.account(address);
    assert(lo >= wei, 'a debit exceeds the balance');
    this.leaves.set(this.#keys.account(address), { hi, lo: lo - wei });
  }

  /** False, with nothing done, when the balance would leave 128 bits. L1 caps the supply below 2^127, so that is never honest. */
  credit(address: bigint, wei: bigint): boolean {
    if (wei === 0n) return true;
    const { hi, lo } = this.account(address);
    if (lo + wei >= LIMB) return false;
    this.leaves.set(this.#keys.account(address), { hi, lo: lo + wei });
    return true;
  }

  identityWord(address: bigint): Word {
    return this.leaves.get(this.#keys.identity(address));
  }

  identity(address: bigint): Identity {
    return decodeIdentity(this.identityWord(address));
  }

  setIdentityWord(address: bigint, value: Word): void {
    this.leaves.set(this.#keys.identity(address), value);
  }

  insertIntoList(list: bigint, address: bigint): void {
    this.leaves.set(listKey(list, address), { hi: 0n, lo: 1n });
  }

  /** KEY leaf of an address that signs for the first time. */
  recordPublicKey(address: bigint, { x, y }: PublicKey): void {
    const key = this.#keys.publicKey(address);
    if (isZeroWord(this.leaves.get(key))) this.leaves.set(key, toWord(publicKeyHash(x, y)));
  }
}
