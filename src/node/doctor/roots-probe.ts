import type { PublicClient } from 'viem';
import { bigIntToHex } from '../../base/bytes.ts';
import type { Config } from '../../config/schema.ts';
import { findProposedRoots } from '../../settlement/proposed-roots.ts';
import type { ChainFoundation } from '../development-chain.ts';
import type { NodeKeys } from '../keys.ts';
import { openPolicies } from '../policies.ts';
import { ill, type Probe, well } from './probe.ts';

export interface RootsProbeDeps {
  readonly config: Config;
  readonly client: PublicClient;
  readonly foundation: () => Pick<ChainFoundation, 'place'>;
  readonly keys: () => Pick<NodeKeys, 'policySalt'>;
}

const logRangeBlocks = 5_000n;

/** Roots that people propose on Ethereum against the files of this node: missing one halts it when it comes into force, not when it is proposed. */
export function createRootsProbe({ config, client, foundation, keys }: RootsProbeDeps): Probe {
  return {
    name: 'proposed roots',
    needs: ['contracts', 'policy'],
    advice: 'Check policy.file, policy.moreFiles and policy.listFiles, and that the Ethereum node has old events.',
    async look() {
      const { book } = openPolicies(config, keys().policySalt);
      const { governor, bridge, startBlock } = foundation().place;
      const roots = await findProposedRoots({ governor, bridge, fromBlock: startBlock, logRangeBlocks }, client);
      const missing = roots.filter(({ list, root }) =>
        list === undefined ? book.policy(root) === undefined : !book.lists.knows(root, list),
      );
      if (missing.length === 0) return well(`${roots.length} on Ethereum, all among the files`);
      return ill(
        missing
          .map(
            ({ list, root, approved }) =>
              `${approved ? 'approved' : 'proposed'}: ${list === undefined ? 'policy' : `list ${list}`} root ${bigIntToHex(root, 32)}`,
          )
          .join('; '),
        'Add the file that was proposed to policy.moreFiles or policy.listFiles and restart, before it comes into force: without it the node halts then.',
      );
    },
  };
}
