import type { Identity } from '../chain/identity.ts';
import type { PolicyFacts } from './port.ts';

const NOBODY: Identity = { roles: 0n, flags: 0n, expiry: 0n };

export interface FactTables {
  readonly identities: ReadonlyMap<bigint, Identity>;
  /** Lists as approved on L1, by id. */
  readonly lists: ReadonlyMap<bigint, { has(address: bigint): boolean }>;
  /** LIST leaves, by list id. */
  readonly inserted: ReadonlyMap<bigint, { has(address: bigint): boolean }>;
}

/** Facts out of tables: replay, decision tables, benches. The node reads them from its state. */
export const createFacts = ({ identities, lists, inserted }: FactTables): PolicyFacts => ({
  identity: (address) => identities.get(address) ?? NOBODY,
  isInListRoot: (list, address) => lists.get(list)?.has(address) ?? false,
  isInListLeaf: (list, address) => inserted.get(list)?.has(address) ?? false,
});
