import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hash } from 'viem';

/** Facts that later chapters come back to; a kept folder remembers them for `--resume`. */
export interface Story {
  payment?: Hash;
  withdrawal?: { hash: Hash; recipient: Address; amount: string; batch: number };
}

const fileOf = (folder: string): string => join(folder, 'story.json');

export const writeStory = (folder: string, ports: Ports, story: Story): void =>
  writeFileSync(fileOf(folder), JSON.stringify({ ports, story }));

export interface Ports {
  readonly http: number;
  readonly l1: number;
}

export const readStory = (folder: string): { ports: Ports; story: Story } =>
  JSON.parse(readFileSync(fileOf(folder), 'utf8')) as { ports: Ports; story: Story };
