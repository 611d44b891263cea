import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hexToBytes } from '../base/bytes.ts';
import { Secret } from '../base/secret.ts';
import { nodeError } from './errors.ts';

const keyBytes = 32;

/** Reads a key file: 64 hex digits, with or without 0x. Never says what stands in it. */
export function readKeyFile(path: string): Secret<Uint8Array> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw nodeError('NODE_KEYS', `${path} cannot be read`, { cause });
  }
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  if (!/^[0-9a-fA-F]{64}$/.test(digits)) throw nodeError('NODE_KEYS', `${path} does not hold ${keyBytes} bytes as hex`);
  return new Secret(hexToBytes(`0x${digits}`));
}

/** Development only: makes the key at first use. */
export function readOrMakeKeyFile(path: string): Secret<Uint8Array> {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return readKeyFile(path);
}
