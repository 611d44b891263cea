import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hash } from 'viem';

/** Facts that later chapters come back to; a kept folder remembers them for `--resume`. */
export interface Story {
  payment?: Hash;
  withdrawal?: { hash: Hash; recipient: Address; amount: string; batch: number };
}

const fileOf = (folder: string): string => join(folder, 'story.json');

export interface Ports {
  readonly http: number;
  readonly l1: number;
}

export interface Kept {
  readonly ports: Ports;
  readonly story: Story;
  /** Settings of the node beyond config/demo.yaml, by environment name. */
  readonly environment?: Readonly<Record<string, string>>;
}

export const writeStory = (folder: string, kept: Kept): void => writeFileSync(fileOf(folder), JSON.stringify(kept));

export const readStory = (folder: string): Kept => JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Kept;
