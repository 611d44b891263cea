import type { L1 } from './l1-client.ts';
import type { ProgressLines } from './node-lines.ts';
import type { NodeProcess } from './node-process.ts';
import type { NodeRunner } from './node-runner.ts';
import type { DemoOptions } from './options.ts';
import type { Progress } from './progress.ts';
import type { DemoResult } from './result.ts';
import type { Wallet } from './send-transaction.ts';
import type { Story } from './story.ts';

/** What the chapters share. */
export interface World {
  readonly options: DemoOptions;
  readonly folder: string;
  readonly runner: NodeRunner;
  readonly progress: Progress;
  readonly lines: ProgressLines;
  readonly result: DemoResult;
  readonly l1: L1;
  /** Replaced at a restart. */
  node: NodeProcess;
  wallet(name: string): Promise<Wallet>;
  readonly story: Story;
}
