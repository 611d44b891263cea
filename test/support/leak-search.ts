import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Looks for known values in files the way somebody with a stolen disk would: raw, reversed, hexadecimal, decimal, base64 at any alignment.
 * Whoever uses it plants a value too, so that a search that finds nothing has been seen to find something.
 */
export interface Planted {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Leak {
  readonly file: string;
  readonly value: string;
  readonly form: string;
}

/** Shorter values would be found by chance. */
const VALUE_BYTES_MIN = 10;

export function formsOf(bytes: Uint8Array): Map<string, Buffer> {
  if (bytes.length < VALUE_BYTES_MIN) throw new RangeError('too short to look for');
  const raw = Buffer.from(bytes);
  const reversed = Buffer.from(raw).reverse();
  const forms = new Map<string, Buffer>();
  for (const [order, buffer] of [
    ['big-endian', raw],
    ['little-endian', reversed],
  ] as const) {
    forms.set(`${order} bytes`, buffer);
    const hex = buffer.toString('hex');
    forms.set(`${order} hex`, Buffer.from(hex));
    forms.set(`${order} upper-case hex`, Buffer.from(hex.toUpperCase()));
    forms.set(`${order} decimal`, Buffer.from(BigInt(`0x${hex}`).toString()));
    for (const shift of [0, 1, 2]) {
      for (const alphabet of ['base64', 'base64url'] as const) {
        // The characters that do not depend on what stands before and after.
        const text = Buffer.concat([Buffer.alloc(shift), buffer])
          .toString(alphabet)
          .replaceAll('=', '');
        const clean = text.slice(shift === 0 ? 0 : shift + 1, (buffer.length + shift) % 3 === 0 ? undefined : -1);
        forms.set(`${order} ${alphabet} at ${shift}`, Buffer.from(clean));
      }
    }
  }
  return forms;
}

export function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

/** A running node replaces its checkpoints: what was listed may be gone. */
function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All forms of all values in one pass over each file: by their first four bytes. */
export function findLeaks(files: readonly string[], values: readonly Planted[]): Leak[] {
  const byStart = new Map<number, { name: string; form: string; needle: Buffer }[]>();
  const maybe = new Uint8Array(1 << 20);
  for (const { name, bytes } of values) {
    for (const [form, needle] of formsOf(bytes)) {
      const start = needle.readUInt32BE(0);
      maybe[start >>> 12] = 1;
      const others = byStart.get(start);
      if (others === undefined) byStart.set(start, [{ name, form, needle }]);
      else others.push({ name, form, needle });
    }
  }
  const leaks = new Map<string, Leak>();
  for (const file of files) {
    const content = contentOf(file);
    if (content === undefined) continue;
    let window = 0;
    for (let end = 0; end < content.length; end++) {
      window = ((window << 8) | content[end]!) >>> 0;
      if (end < 3 || maybe[window >>> 12] === 0) continue;
      for (const { name, form, needle } of byStart.get(window) ?? []) {
        const at = end - 3;
        if (content.subarray(at, at + needle.length).equals(needle)) {
          leaks.set(`${file}/${name}/${form}`, { file, value: name, form });
        }
      }
    }
  }
  return [...leaks.values()];
}
