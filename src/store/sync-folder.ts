import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes created and renamed names durable. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
