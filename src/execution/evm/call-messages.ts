/** What a thread that runs calls is asked, and what it asks back while it runs: the state, block hashes and policy stay in the main thread. */

import type { MessagePort } from 'node:worker_threads';
import type { WriteRequest } from '../../policy/port.ts';
import type { BlockContext, CallOutcome, CallRequest, EstimateOutcome, JudgeFrame } from '../port.ts';
import type { BridgeFacts } from './system-views.ts';

export interface CallThreadOptions extends BridgeFacts {
  readonly chainId: bigint;
  readonly callGasMax: bigint;
}

export interface CallThreadData extends CallThreadOptions {
  readonly questions: MessagePort;
  /** Two words: 1 when the answer to a question has been sent; 1 when the run is to stop. */
  readonly signals: Int32Array<SharedArrayBuffer>;
}

export const SIGNAL = { ANSWERED: 0, STOP: 1 } as const;

export type CallKind = 'call' | 'estimateGas';

export interface CallJob {
  readonly kind: CallKind;
  readonly block: Omit<BlockContext, 'blockHash'>;
  readonly request: CallRequest;
}

export type CallReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly outcome: CallOutcome | EstimateOutcome }
  /** A question was not answered; whoever was asked knows why. */
  | { readonly kind: 'stopped' };

export type Question =
  | { readonly kind: 'state'; readonly key: bigint }
  | { readonly kind: 'block-hash'; readonly number: bigint }
  | { readonly kind: 'judge'; readonly frame: WriteRequest };

export type Answer =
  | {
      readonly value:
        | ReturnType<BlockContext['blockHash']>
        | { readonly hi: bigint; readonly lo: bigint }
        | ReturnType<JudgeFrame>;
    }
  | { readonly stop: true };
