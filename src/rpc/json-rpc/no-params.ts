import { z } from 'zod';
import type { CallContext, RpcMethod } from './method.ts';
import { parseParams } from './schema/parse-params.ts';

const schema = z.tuple([]);

/** A method without parameters. */
export const methodWithoutParams = (name: string, answer: (context: CallContext) => unknown): RpcMethod => ({
  name,
  handle(params, context) {
    parseParams(schema, params);
    return answer(context);
  },
});
