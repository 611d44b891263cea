import { rpcError } from '../../errors.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { blockNumberOf } from '../schema/block-ref.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toQuantity } from '../schema/primitives.ts';
import { ethFeeHistorySchema } from './schema.ts';

/** The base fee is a system parameter and tips buy nothing, so this tells a wallet what to pay. How full blocks were is told to nobody. */
export const ethFeeHistory = ({ chain }: Pick<MethodDeps, 'chain'>): RpcMethod => ({
  name: 'eth_feeHistory',
  handle(params) {
    const { count, newest, percentiles } = parseParams(ethFeeHistorySchema, params);
    const last = 'hash' in newest ? undefined : blockNumberOf(newest, chain);
    if (last === undefined) throw rpcError('RPC_BLOCK_UNKNOWN');
    const blocks = Math.min(count, Number(last) + 1);
    const baseFee = toQuantity(chain.baseFee());
    return {
      oldestBlock: toQuantity(last - BigInt(blocks - 1)),
      baseFeePerGas: Array<string>(blocks + 1).fill(baseFee),
      gasUsedRatio: Array<number>(blocks).fill(0),
      ...(percentiles === 0
        ? {}
        : { reward: Array.from({ length: blocks }, () => Array<string>(percentiles).fill('0x0')) }),
    };
  },
});
