import type { ExecutionPolicy } from '../../src/execution/port.ts';

export const allowAllPolicy = async (): Promise<ExecutionPolicy> => ({
  decideWrite: () => ({ allow: true, ruleId: 'all', alternative: 1, position: 2 }),
  decideExit: () => ({ allow: true, ruleId: 'exit', alternative: 1, position: 1 }),
});
