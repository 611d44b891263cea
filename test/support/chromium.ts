import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { describe } from 'vitest';

const path = process.env['PRIVITY_CHROMIUM'] ?? '/usr/bin/chromium';
const isThere = existsSync(path);
if (!isThere && process.env['CI'] !== undefined) throw new Error(`no browser at ${path}: install Chromium`);
if (!isThere) process.stderr.write(`SKIPPED: tests that need a browser, because there is none at ${path}\n`);

/** Runs where a browser is installed; where it is not, says so aloud, and fails in continuous integration. */
export const describeInBrowser = describe.skipIf(!isThere);

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Chromium {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** A real browser with a profile of its own. */
export async function openChromium(): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), 'privity-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path,
    headless: true,
    args: FLAGS,
    viewport: { width: 600, height: 800 },
  });
  context.setDefaultTimeout(20_000);
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
