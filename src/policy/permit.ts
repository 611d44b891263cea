/**
 * Permission as a value (G5): `submit` and every read of chain data take one, so a forgotten check does not compile. The key that the
 * constructors demand never leaves this module and the `mint` functions are for src/policy alone (the layers test holds others to port.ts);
 * `isGenuine` recognises instances by a private field, which no object built elsewhere can have.
 */

import { assert } from '../base/assert.ts';
import type { Principal, ReadRequest } from './port.ts';

const MINT_KEY = Symbol('mint');

interface PermitFields<Action extends string, Resource> {
  readonly principal: Principal;
  readonly action: Action;
  readonly resource: Resource;
  /** The rule that allowed it. */
  readonly ruleId: string;
  readonly policyRoot: bigint;
}

export interface WriteResource {
  /** 32 bytes. */
  readonly transactionHash: Uint8Array;
  readonly signer: bigint;
}

/** The principal may submit exactly this transaction, under exactly this policy. */
export class WritePermit implements PermitFields<'submit', WriteResource> {
  readonly #genuine = true;
  readonly principal: Principal;
  readonly action = 'submit';
  readonly resource: WriteResource;
  readonly ruleId: string;
  readonly policyRoot: bigint;

  private constructor(key: symbol, fields: Omit<PermitFields<'submit', WriteResource>, 'action'>) {
    assert(key === MINT_KEY, 'only policy mints permits');
    this.principal = fields.principal;
    this.resource = fields.resource;
    this.ruleId = fields.ruleId;
    this.policyRoot = fields.policyRoot;
    Object.freeze(this);
  }

  static isGenuine(value: unknown): value is WritePermit {
    return typeof value === 'object' && value !== null && #genuine in value && value.#genuine;
  }

  /** True when the permit speaks of this transaction and of the policy now in force. */
  covers(transactionHash: Uint8Array, policyRoot: bigint): boolean {
    return this.policyRoot === policyRoot && Buffer.compare(this.resource.transactionHash, transactionHash) === 0;
  }

  /** @internal */
  static mint(key: symbol, fields: Omit<PermitFields<'submit', WriteResource>, 'action'>): WritePermit {
    return new WritePermit(key, fields);
  }
}

/** The principal may read this resource, or call this method and then see what `decideRead` lets through. */
export class ReadPermit implements PermitFields<'read', ReadRequest> {
  readonly #genuine = true;
  readonly principal: Principal;
  readonly action = 'read';
  readonly resource: ReadRequest;
  readonly ruleId: string;
  readonly policyRoot: bigint;

  private constructor(key: symbol, fields: Omit<PermitFields<'read', ReadRequest>, 'action'>) {
    assert(key === MINT_KEY, 'only policy mints permits');
    this.principal = fields.principal;
    this.resource = fields.resource;
    this.ruleId = fields.ruleId;
    this.policyRoot = fields.policyRoot;
    Object.freeze(this);
  }

  static isGenuine(value: unknown): value is ReadPermit {
    return typeof value === 'object' && value !== null && #genuine in value && value.#genuine;
  }

  /** @internal */
  static mint(key: symbol, fields: Omit<PermitFields<'read', ReadRequest>, 'action'>): ReadPermit {
    return new ReadPermit(key, fields);
  }
}

export type Permit = WritePermit | ReadPermit;

export const mintWritePermit = (fields: Omit<PermitFields<'submit', WriteResource>, 'action'>): WritePermit =>
  WritePermit.mint(MINT_KEY, fields);

export const mintReadPermit = (fields: Omit<PermitFields<'read', ReadRequest>, 'action'>): ReadPermit =>
  ReadPermit.mint(MINT_KEY, fields);
