/** Policy on every frame: the EVM stops at the first one that is denied, whether it would later revert or not. */

import type { Common } from '@ethereumjs/common';
import { type EVMOpts, getOpcodesForHF, type Message } from '@ethereumjs/evm';
import { assert } from '../../base/assert.ts';
import { bytesToBigInt } from '../../base/bytes.ts';
import type { WriteRequest } from '../../policy/port.ts';
import type { JudgeFrame } from '../port.ts';
import type { JournaledState } from './journaled-state.ts';

export class FrameDenial extends Error {
  override readonly name = 'FrameDenial';
  readonly ruleId: string;
  readonly reason: string;

  constructor(ruleId: string, reason: string) {
    super('a frame was denied');
    this.ruleId = ruleId;
    this.reason = reason;
  }
}

export interface FrameContext {
  readonly signer: bigint;
  readonly blockTimestamp: bigint;
  readonly judge: JudgeFrame;
}

export type IsPrecompile = (address: Uint8Array) => boolean;

/** Who is asked, set for the length of one run. */
export class FrameWatch {
  readonly #state: JournaledState;
  #context: FrameContext | undefined;
  #isPrecompile: IsPrecompile = () => false;

  constructor(state: JournaledState) {
    this.#state = state;
  }

  begin(context: FrameContext, isPrecompile: IsPrecompile): void {
    this.#context = context;
    this.#isPrecompile = isPrecompile;
  }

  onMessage(message: Message): void {
    const { to } = message;
    if (to === undefined) {
      this.#judge({ to: undefined, value: message.value, data: message.data });
      return;
    }
    const code = message.codeAddress.bytes;
    const runs = this.#isPrecompile(code) || this.#state.hasCode(code);
    this.#judge({
      to: bytesToBigInt(to.bytes),
      code: runs ? bytesToBigInt(code) : undefined,
      storage: bytesToBigInt(to.bytes),
      // A DELEGATECALL shows its caller's value again and moves none.
      value: message.delegatecall ? 0n : message.value,
      data: message.data,
    });
  }

  /** SELFDESTRUCT pays its beneficiary whatever code that has, and runs none of it. */
  onSelfdestruct(beneficiary: bigint, value: bigint): void {
    this.#judge({ to: beneficiary, code: undefined, value, data: new Uint8Array() });
  }

  #judge(frame: Omit<WriteRequest, 'signer' | 'blockTimestamp'>): void {
    const context = this.#context;
    assert(context !== undefined, 'a frame runs outside a run');
    const decision = context.judge({ ...frame, signer: context.signer, blockTimestamp: context.blockTimestamp });
    if (!decision.allow) throw new FrameDenial(decision.ruleId, decision.reason);
  }
}

const SELFDESTRUCT = 0xff;
const ADDRESS_MASK = (1n << 160n) - 1n;
const SELFDESTRUCT_GAS = 5000;

/** SELFDESTRUCT as it is, asking first: it moves value without a message. */
export function watchedSelfdestruct(common: Common, state: JournaledState, watch: FrameWatch) {
  const { handlers, dynamicGasHandlers } = getOpcodesForHF(common);
  const run = handlers.get(SELFDESTRUCT);
  const gasFunction = dynamicGasHandlers.get(SELFDESTRUCT);
  assert(run !== undefined && gasFunction !== undefined, 'Cancun has SELFDESTRUCT');
  const opcode: NonNullable<EVMOpts['customOpcodes']>[number] = {
    opcode: SELFDESTRUCT,
    opcodeName: 'SELFDESTRUCT',
    baseFee: SELFDESTRUCT_GAS,
    gasFunction,
    async logicFunction(runState, common) {
      const [beneficiary] = runState.stack.peek();
      const own = state.account(runState.interpreter.getAddress().bytes);
      watch.onSelfdestruct(beneficiary! & ADDRESS_MASK, own.balance);
      await run(runState, common);
    },
  };
  return opcode;
}
