/** The story from beginning to end. Whatever happens, the processes it started are ended and, unless asked otherwise, the data is removed. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { begin, createRunner } from './begin.ts';
import { audit } from './chapters/audit.ts';
import { claim, isClaimed } from './chapters/claim.ts';
import { crash } from './chapters/crash.ts';
import { deposits } from './chapters/deposits.ts';
import { freeze } from './chapters/freeze.ts';
import { payments } from './chapters/payments.ts';
import { settlement } from './chapters/settlement.ts';
import { withdrawal } from './chapters/withdrawal.ts';
import { freePorts } from './free-ports.ts';
import type { DemoOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { DemoFailure } from './require-that.ts';
import { type DemoResult, emptyResult, isComplete } from './result.ts';
import { type Ports, readStory, writeStory } from './story.ts';
import type { World } from './world.ts';

type Chapter = (world: World) => Promise<void>;

const WHOLE: readonly Chapter[] = [deposits, payments, freeze, withdrawal, crash, settlement, claim, audit];
/** On a kept folder everything before the audit has happened; Ethereum is asked for it again. */
const RESUMED: readonly Chapter[] = [settlement, isClaimed, audit];

export async function runDemo(options: DemoOptions, progress: Progress, signal: AbortSignal): Promise<DemoResult> {
  const result = emptyResult();
  const kept = options.resume === undefined ? undefined : readStory(options.resume);
  const folder = options.resume ?? mkdtempSync(join(tmpdir(), 'privity-demo-'));
  const ports = kept?.ports ?? (await newPorts());
  const story = kept?.story ?? {};
  const environment = kept?.environment;
  const made = createRunner({ folder, ports, environment }, progress);
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new DemoFailure('interrupted')), { once: true });
  });
  const tell = async (): Promise<void> => {
    const world = await begin({ options, folder, ports, story }, made, progress, result);
    for (const chapter of kept === undefined ? WHOLE : RESUMED) await chapter(world);
  };
  try {
    await Promise.race([interrupted, tell()]);
    result.ok = isComplete(result);
    if (!result.ok) result.error = 'something that the story promises is missing';
  } catch (error) {
    result.error = error instanceof Error ? error.message : String(error);
  }
  await made.runner.end();
  if (options.keep) writeStory(folder, { ports, story, ...(environment === undefined ? {} : { environment }) });
  if (options.keep || kept !== undefined) progress.say(`the data is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  return result;
}

async function newPorts(): Promise<Ports> {
  const [http, l1] = await freePorts(2);
  return { http: http!, l1: l1! };
}
