import { type Common, createCustomCommon, Hardfork, Mainnet } from '@ethereumjs/common';
import { paramsEVM } from '@ethereumjs/evm';
import secp256k1 from 'secp256k1';
import { concatBytes } from '../../base/bytes.ts';
import { keccak256 } from '../../chain/keccak.ts';
import { verifyPointEvaluation } from './point-evaluation.ts';

/** Answers the ECRECOVER precompile: any s below the order counts, high ones too; throws when nobody recovers. Native code. */
function ecrecover(hash: Uint8Array, v: bigint, r: Uint8Array, s: Uint8Array): Uint8Array {
  return secp256k1.ecdsaRecover(concatBytes(r, s), Number(v - 27n), hash, false).subarray(1);
}

const unsupported = (): never => {
  throw new Error('the engine neither makes blobs nor proves them');
};

/** The pinned rules: Cancun, whatever the block number, with native secp256k1 and wasm keccak. */
export function createCancunCommon(chainId: bigint): Common {
  return createCustomCommon({ chainId: chainId.toString(), name: 'privity' }, Mainnet, {
    hardfork: Hardfork.Cancun,
    params: paramsEVM,
    customCrypto: {
      keccak256,
      ecrecover,
      kzg: {
        verifyProof: verifyPointEvaluation,
        blobToKzgCommitment: unsupported,
        computeBlobProof: unsupported,
        verifyBlobProofBatch: unsupported,
        computeCells: unsupported,
        computeCellsAndProofs: unsupported,
        recoverCellsAndProofs: unsupported,
        verifyCellKzgProofBatch: unsupported,
      },
    },
  });
}
