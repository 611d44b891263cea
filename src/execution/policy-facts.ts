import { decodeIdentity } from '../chain/identity.ts';
import { listKey, listRootKey } from '../chain/keys.ts';
import { fromWord, isZeroWord } from '../chain/word.ts';
import type { PolicyFacts } from '../policy/port.ts';
import type { LeafKeys } from './leaf-keys.ts';
import type { IsInListRoot, StateReader } from './port.ts';

/** What policy may look up, read from the leaves of `state`: exactly those the circuits open. */
export const createPolicyFacts = (state: StateReader, keys: LeafKeys, isInListRoot: IsInListRoot): PolicyFacts => ({
  identity: (address) => decodeIdentity(state.get(keys.identity(address))),
  isInListRoot(list, address) {
    const root = fromWord(state.get(listRootKey(list)));
    return root !== 0n && isInListRoot(root, list, address);
  },
  isInListLeaf: (list, address) => !isZeroWord(state.get(listKey(list, address))),
});
