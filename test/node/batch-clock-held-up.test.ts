/** Slots that the sealer kept new batches from are told of once, when the next batch opens. */

import { describe, expect, it } from 'vitest';
import { Bell } from '../../src/base/bell.ts';
import { type ClockedSequencer, runBatchClock, unsealedBatchesMax } from '../../src/node/batch-clock.ts';

const batchIntervalMs = 1_000;

/** Stands before slot 10 with as many unsealed batches as there may be; each sleep is a step of the story, which ends when a batch opens. */
async function story(steps: readonly ((state: State) => void)[], mayGoOn: (state: State) => boolean) {
  const state: State = { slot: 10, unsealed: unsealedBatchesMax, isReExecuting: false, reExecuted: 0, asked: 0 };
  const missed: number[] = [];
  const opened: bigint[] = [];
  const stop = new AbortController();
  let step = 0;
  const sequencer: ClockedSequencer = {
    openBatch: undefined,
    get unsealedBatches() {
      return state.unsealed;
    },
    get isReExecuting() {
      return state.isReExecuting;
    },
    lastSlot: 9n,
    arrivals: new Bell(),
    async reExecute() {
      state.reExecuted += 1;
      state.slot += 1;
      state.isReExecuting = false;
      return true;
    },
    async open(slot) {
      opened.push(slot);
      stop.abort();
    },
    close: async () => undefined,
    buildBlock: async () => false,
  };
  await runBatchClock(
    { blockIntervalMs: 100, batchIntervalMs },
    {
      sequencer,
      clock: {
        now: () => state.slot * batchIntervalMs,
        async sleep() {
          const next = steps[step++];
          if (next === undefined) throw new Error('the story is over');
          next(state);
        },
      },
      beforeOpen: async () => undefined,
      async mayGoOn() {
        state.asked += 1;
        return mayGoOn(state);
      },
      operationsNeeded: () => 0n,
      beforeBlock: async () => undefined,
      onMissedSlot: (count) => void missed.push(count),
    },
    stop.signal,
  );
  return { missed, opened, state };
}

interface State {
  slot: number;
  unsealed: number;
  isReExecuting: boolean;
  reExecuted: number;
  asked: number;
}

const seal = (slot: number) => (state: State) => {
  state.slot = slot;
  state.unsealed = 0;
};

describe('a clock that the sealer held up', () => {
  it('tells of the slots between', async () => {
    expect(await story([seal(13)], () => true)).toMatchObject({ opened: [13n], missed: [3] });
  });

  it('tells of none when the batch opens in the slot it was held up in', async () => {
    expect(await story([seal(10)], () => true)).toMatchObject({ opened: [10n], missed: [] });
  });

  it('goes on counting when batches are taken back just before the next would open', async () => {
    const takesBack = (state: State) => {
      if (state.asked === 2) state.isReExecuting = true;
      return true;
    };
    const { opened, missed, state } = await story([seal(13)], takesBack);
    expect(state.reExecuted).toBe(1);
    expect({ opened, missed }).toEqual({ opened: [14n], missed: [4] });
  });

  it('goes on counting when what was seen puts batches in doubt', async () => {
    const doubts = ({ asked }: State) => asked !== 1 && asked !== 3;
    expect(await story([seal(13), () => undefined], doubts)).toMatchObject({ opened: [13n], missed: [3] });
  });
});
