/**
 * Loaded into `privity start` by `--import`: whoever imports one of these modules of the product gets its decorator, which imports the module
 * itself. The product has no switch for it.
 */

import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { DECORATED, decoratorOf } from './decorated.ts';

if (isMainThread) {
  const decorators = new Map(
    DECORATED.map((path) => [
      new URL(`../../src/${path}`, import.meta.url).href,
      new URL(decoratorOf(path), import.meta.url).href,
    ]),
  );
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const decorator = decorators.get(resolved.url);
      if (decorator === undefined || decorator === context.parentURL) return resolved;
      return { ...resolved, url: decorator };
    },
  });
}
