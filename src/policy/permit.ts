/**
 * Permission as a value (G5): `submit` and every read of chain data take one, so a forgotten check does not compile. The key that the
 * constructors demand never leaves this module and the `mint` functions are for src/policy alone (the layers test holds others to port.ts);
 * `isGenuine` recognises instances by a private field, which no object built elsewhere can have.
 */

import { assert } from '../base/assert.ts';
import type { Principal, ReadRequest } from './port.ts';

const MINT_KEY = Symbol('mint');

interface PermitFields<Resource> {
  readonly principal: Principal;
  readonly resource: Resource;
  /** The rule that allowed it. */
  readonly ruleId: string;
  readonly policyRoot: bigint;
}

/** What a permit of any kind says. Nobody but this module has the key. */
abstract class MintedPermit<Action extends string, Resource> implements PermitFields<Resource> {
  readonly #genuine = true;
  readonly principal: Principal;
  readonly action: Action;
  readonly resource: Resource;
  readonly ruleId: string;
  readonly policyRoot: bigint;

  protected constructor(key: symbol, action: Action, fields: PermitFields<Resource>) {
    assert(key === MINT_KEY, 'only policy mints permits');
    this.principal = fields.principal;
    this.action = action;
    this.resource = fields.resource;
    this.ruleId = fields.ruleId;
    this.policyRoot = fields.policyRoot;
    // Also against another prototype: which class it is of says what it permits.
    Object.freeze(this);
  }

  protected static isMinted(value: unknown): value is MintedPermit<string, unknown> {
    return typeof value === 'object' && value !== null && #genuine in value && value.#genuine;
  }
}

export interface WriteResource {
  /** 32 bytes. */
  readonly transactionHash: Uint8Array;
  readonly signer: bigint;
}

/** The principal may submit exactly this transaction, under exactly this policy. */
export class WritePermit extends MintedPermit<'submit', WriteResource> {
  static isGenuine(value: unknown): value is WritePermit {
    return MintedPermit.isMinted(value) && value instanceof WritePermit;
  }

  /** True when the permit speaks of this transaction and of the policy now in force. */
  covers(transactionHash: Uint8Array, policyRoot: bigint): boolean {
    return this.policyRoot === policyRoot && Buffer.compare(this.resource.transactionHash, transactionHash) === 0;
  }

  /** @internal */
  static mint(key: symbol, fields: PermitFields<WriteResource>): WritePermit {
    return new WritePermit(key, 'submit', fields);
  }
}

/** The principal may read this resource, or call this method and then see what `decideRead` lets through. */
export class ReadPermit extends MintedPermit<'read', ReadRequest> {
  static isGenuine(value: unknown): value is ReadPermit {
    return MintedPermit.isMinted(value) && value instanceof ReadPermit;
  }

  /** @internal */
  static mint(key: symbol, fields: PermitFields<ReadRequest>): ReadPermit {
    return new ReadPermit(key, 'read', fields);
  }
}

export type Permit = WritePermit | ReadPermit;

export const mintWritePermit = (fields: PermitFields<WriteResource>): WritePermit => WritePermit.mint(MINT_KEY, fields);

export const mintReadPermit = (fields: PermitFields<ReadRequest>): ReadPermit => ReadPermit.mint(MINT_KEY, fields);
