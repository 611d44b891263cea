import { openPipeline as open } from '../../../src/node/pipeline.ts';
import { at } from '../trigger.ts';
import { executing } from './executing.ts';

export * from '../../../src/node/pipeline.ts';

/** Killed when batches are taken back, and while they are executed again. */
export const openPipeline: typeof open = async (...args) => {
  const pipeline = await open(...args);
  const { sequencer } = pipeline;
  const reExecute = sequencer.reExecute.bind(sequencer);
  sequencer.reExecute = async () => {
    executing.again = true;
    const didMore = await reExecute().finally(() => {
      executing.again = false;
    });
    at(sequencer.isReExecuting ? 'again.half' : 'again.done');
    return didMore;
  };
  const { withdraw } = pipeline;
  return Object.assign(pipeline, {
    async withdraw(...what: Parameters<typeof withdraw>) {
      await withdraw(...what);
      at('withdraw.done');
    },
  });
};
