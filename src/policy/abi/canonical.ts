/**
 * Strictly canonical ABI: calldata is accepted only when it is the one encoding of its values. No dirty bits, every offset exactly where an
 * encoder that writes tails in order puts it (so none overlap and none leave gaps), zero padding, nothing short and nothing left over.
 * Otherwise two readers of the same bytes could see two different arguments.
 */

import { type AbiParameter, type AbiType, headWords, isDynamic } from './types.ts';

const WORD = 32;

/** `data` without the selector. */
export function isCanonicalEncoding(parameters: readonly AbiParameter[], data: Uint8Array): boolean {
  if (data.length % WORD !== 0) return false;
  return (
    walkTuple(
      parameters.map((parameter) => parameter.type),
      data,
      0,
    ) === data.length
  );
}

/** Returns where the encoding ends, or -1. */
function walkTuple(types: readonly AbiType[], data: Uint8Array, base: number): number {
  let head = base;
  let tail = base + WORD * types.reduce((sum, type) => sum + headWords(type), 0);
  if (tail > data.length) return -1;
  for (const type of types) {
    if (isDynamic(type)) {
      if (readLength(data, head) !== tail - base) return -1;
      tail = walkDynamic(type, data, tail);
      if (tail < 0) return -1;
    } else if (!isCanonicalStatic(type, data, head)) {
      return -1;
    }
    head += WORD * headWords(type);
  }
  return tail;
}

function walkDynamic(type: AbiType, data: Uint8Array, at: number): number {
  if (type.kind === 'tuple')
    return walkTuple(
      type.components.map((component) => component.type),
      data,
      at,
    );
  if (type.kind === 'array' && type.length !== undefined) {
    return walkTuple(Array<AbiType>(type.length).fill(type.element), data, at);
  }
  const length = readLength(data, at);
  if (length < 0) return -1;
  const start = at + WORD;
  if (type.kind === 'array') {
    // Every element takes at least one word, so a length that cannot fit is refused before anything is allocated.
    if (length > (data.length - start) / WORD) return -1;
    return walkTuple(Array<AbiType>(length).fill(type.element), data, start);
  }
  const end = start + Math.ceil(length / WORD) * WORD;
  if (end > data.length || !isZero(data, start + length, end)) return -1;
  return end;
}

function isCanonicalStatic(type: AbiType, data: Uint8Array, at: number): boolean {
  switch (type.kind) {
    case 'address':
      return isZero(data, at, at + 12);
    case 'bool':
      return isZero(data, at, at + 31) && data[at + 31]! <= 1;
    case 'uint':
      return isZero(data, at, at + WORD - type.bits / 8);
    case 'int': {
      const first = at + WORD - type.bits / 8;
      const fill = data[first]! >= 0x80 ? 0xff : 0;
      for (let i = at; i < first; i++) if (data[i] !== fill) return false;
      return true;
    }
    case 'fixedBytes':
      return isZero(data, at + type.bytes, at + WORD);
    case 'array': {
      const step = WORD * headWords(type.element);
      for (let i = 0; i < type.length!; i++) if (!isCanonicalStatic(type.element, data, at + i * step)) return false;
      return true;
    }
    case 'tuple': {
      let head = at;
      for (const component of type.components) {
        if (!isCanonicalStatic(component.type, data, head)) return false;
        head += WORD * headWords(component.type);
      }
      return true;
    }
    case 'bytes':
    case 'string':
      return false;
  }
}

/** A word as a length or offset, or -1 when it is absurd. */
function readLength(data: Uint8Array, at: number): number {
  if (at + WORD > data.length || !isZero(data, at, at + 28)) return -1;
  return ((data[at + 28]! << 24) | (data[at + 29]! << 16) | (data[at + 30]! << 8) | data[at + 31]!) >>> 0;
}

function isZero(data: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (data[i] !== 0) return false;
  return true;
}
