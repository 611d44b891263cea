/**
 * The Solidity verifier as the binary writes it, with [x] in G2 of our string in place of Ignition's. Under the development string, whose secret
 * is public, the constructor refuses every chain but the embedded one.
 */

import { bigIntToHex } from '../../base/bytes.ts';
import { proverError } from '../errors.ts';
import { IGNITION_G2 } from '../string/ignition-g2.ts';
import type { G2Point } from '../string/points.ts';

export interface VerifierSourceOptions {
  readonly template: string;
  readonly g2: G2Point;
  /** Set exactly when the string is the development one: the only chain id on which the contract can be deployed. */
  readonly developmentChainId: bigint | undefined;
}

const CONSTRUCTOR = 'constructor() {}';
const CONTRACT = 'contract HonkVerifier is IVerifier {';

/** Throws VERIFIER_TEMPLATE unless everything to be replaced stands there exactly once. */
export function verifierSource({ template, g2, developmentChainId }: VerifierSourceOptions): string {
  let source = template.replace(/^\n+/, '');
  const ours = precompileOrder(g2);
  for (const [i, limb] of precompileOrder(IGNITION_G2).entries()) {
    source = replaceOnce(source, bigIntToHex(limb, 32), bigIntToHex(ours[i]!, 32));
  }
  if (developmentChainId !== undefined) {
    source = replaceOnce(source, CONTRACT, `${DEVELOPMENT_NOTICE}${CONTRACT}${developmentMembers(developmentChainId)}`);
    source = replaceOnce(source, CONSTRUCTOR, DEVELOPMENT_CONSTRUCTOR);
  }
  return source;
}

/** The pairing precompile takes imaginary parts first (EIP-197). */
const precompileOrder = ({ x, y }: G2Point): bigint[] => [x[1], x[0], y[1], y[0]];

function replaceOnce(source: string, from: string, to: string): string {
  if (source.split(from).length !== 2) throw proverError('VERIFIER_TEMPLATE', `not exactly one '${from}'`);
  return source.replace(from, () => to);
}

const DEVELOPMENT_NOTICE = `/// @notice DEVELOPMENT ONLY. The secret of this verifier's reference string is public: anybody can forge a proof that it accepts.
`;

const developmentMembers = (chainId: bigint) => `
    /// The one chain this contract can be deployed on.
    uint256 public constant DEVELOPMENT_CHAIN_ID = ${chainId};

    error DevelopmentVerifierOnRealChain(uint256 chainId);
`;

const DEVELOPMENT_CONSTRUCTOR = `constructor() {
        if (block.chainid != DEVELOPMENT_CHAIN_ID) revert DevelopmentVerifierOnRealChain(block.chainid);
    }`;
