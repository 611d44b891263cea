import type { Clock } from '../base/clock.ts';

/**
 * Answers from one look for everybody who asks while it lasts, and for `maxAgeMs` after it: nobody who may ask without a login makes the node
 * ask others as often as they like. A look that fails is not repeated sooner either.
 */
export function createSharedLook<T>(
  options: { readonly maxAgeMs: number },
  deps: { readonly look: () => Promise<T>; readonly clock: Pick<Clock, 'now'> },
): () => Promise<T> {
  let last: { readonly answer: Promise<T>; endedAt: number | undefined } | undefined;
  return () => {
    if (last !== undefined) {
      const age = last.endedAt === undefined ? 0 : deps.clock.now() - last.endedAt;
      // A clock that was set back must not keep an answer for good.
      if (age >= 0 && age < options.maxAgeMs) return last.answer;
    }
    const look: NonNullable<typeof last> = { answer: deps.look(), endedAt: undefined };
    last = look;
    const end = () => {
      look.endedAt = deps.clock.now();
    };
    look.answer.then(end, end);
    return look.answer;
  };
}
