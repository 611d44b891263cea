import type { Command } from './command.ts';
import { configCheck } from './config-check.ts';
import { doctor } from './doctor.ts';
import { jobs } from './jobs.ts';
import { jobsRelease } from './jobs-release.ts';
import { keysCheck } from './keys-check.ts';
import { listRoot } from './list-root.ts';
import { listSteps } from './list-steps.ts';
import { policyCheck } from './policy-check.ts';
import { policyDiff } from './policy-diff.ts';
import { policyExplain } from './policy-explain.ts';
import { policySteps } from './policy-steps.ts';
import { policyTest } from './policy-test.ts';
import { start } from './start.ts';
import { stringImport } from './string-import.ts';
import { userCommands } from './users.ts';
import { verify } from './verify.ts';
import { verifyStore } from './verify-store.ts';
import { walletUrl } from './wallet-url.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  start,
  walletUrl,
  ...userCommands,
  doctor,
  verify,
  verifyStore,
  jobsRelease,
  jobs,
  configCheck,
  keysCheck,
  policyCheck,
  policyTest,
  policyDiff,
  policyExplain,
  ...policySteps,
  listRoot,
  ...listSteps,
  stringImport,
];
