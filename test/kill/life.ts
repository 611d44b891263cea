/** One life of the node: started with armed points, under traffic, until a point kills it, it is stopped, or it was to be reached and was not. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type LaunchedNode, launchNode, type NodeProcessOptions } from '../demo/node-process.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { isLastLine, readWelcome, type Welcome } from '../demo/welcome.ts';
import { ARMED_VARIABLE, type Armed, type KillPointName, REPORT_VARIABLE } from './points.ts';

export interface Life {
  readonly welcome: Welcome;
  /** Why it ended, once it has. */
  end(): Ended | undefined;
  stop(): Promise<Ended>;
}

export type Ended =
  | { readonly how: 'killed'; readonly at: KillPointName }
  | { readonly how: 'stopped' }
  | { readonly how: 'failed'; readonly why: string };

export interface LifeOptions extends NodeProcessOptions {
  readonly folder: string;
  readonly armed: readonly Armed[];
}

const preload = pathToFileURL(join(import.meta.dirname, 'preload.ts')).href;
const startTimeoutMs = 240_000;
const stopTimeoutMs = 60_000;

/** Undefined with `ended` when it died before it took transactions. */
export async function startLife(options: LifeOptions): Promise<{ readonly life?: Life; readonly ended?: Ended }> {
  const report = join(options.folder, 'killed-at');
  rmSync(report, { force: true });
  const node: LaunchedNode = launchNode({
    ...options,
    environment: {
      ...options.environment,
      NODE_OPTIONS: `--import ${preload}`,
      [ARMED_VARIABLE]: JSON.stringify(options.armed),
      [REPORT_VARIABLE]: report,
    },
  });
  options.onLaunch?.(node);
  let stopping = false;
  const end = (): Ended | undefined => {
    const exit = node.exit();
    if (exit === undefined) return undefined;
    if (exit.signal === 'SIGKILL' && existsSync(report)) {
      return { how: 'killed', at: readFileSync(report, 'utf8') as KillPointName };
    }
    if (stopping && exit.code === 0) return { how: 'stopped' };
    const last = [...node.lines.slice(-5), ...node.errors()].join('\n');
    return { how: 'failed', why: `ended with ${exit.code ?? exit.signal}:\n${last}` };
  };
  const started = await waitUntil(
    'the node takes transactions',
    async () => {
      if (node.lines.some(isLastLine)) return 'yes';
      return end() === undefined ? undefined : 'no';
    },
    { timeoutMs: startTimeoutMs, everyMs: 20 },
  );
  if (started === 'no') return { ended: end()! };
  return {
    life: {
      welcome: readWelcome(node.lines),
      end,
      async stop() {
        stopping = true;
        node.send('SIGINT');
        const late = setTimeout(() => node.send('SIGKILL'), stopTimeoutMs);
        await node.exited;
        clearTimeout(late);
        return end()!;
      },
    },
  };
}

/** A failed request counts, unless the node was dying then. */
export async function unlessDying(life: Life, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    for (let waited = 0; waited < 2_000 && life.end() === undefined; waited += 50) await sleep(50);
    if (life.end() === undefined) throw error;
  }
}
