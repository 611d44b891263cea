import { unsignedLeb } from '../../../src/chain/poseidon2/kernel/assembler.ts';
import { decodeModule, Reader, type WasmFunction } from './wasm-decoder.ts';

const CODE_SECTION = 10;
const V128 = 0x7b;
const MULTIPLY = [0xfd, 0xf2, 0x01];
const ADD = [0xfd, 0xf0, 0x01];
const RELAXED_MADD_BYTES = 3;

/** The module as a processor without fused multiplication runs it: every `relaxed_madd` is a multiplication, rounded, and an addition. */
export function separateRounding(module: Uint8Array): { module: Uint8Array<ArrayBuffer>; replaced: number } {
  const reader = new Reader(module);
  reader.at = 8;
  let section = reader.at;
  for (; reader.byte() !== CODE_SECTION; section = reader.at) {
    const size = reader.count();
    reader.at += size;
  }
  const functions = decodeModule(module);
  const bodies = functions.map((one) => rewritten(module, one));
  const content = [...unsignedLeb(bodies.length), ...bodies.flatMap((body) => [...unsignedLeb(body.length), ...body])];
  const code = [CODE_SECTION, ...unsignedLeb(content.length), ...content];
  const replaced = functions.flatMap((one) => one.code.filter(({ op }) => op === 'f64x2.relaxed_madd')).length;
  return { module: Uint8Array.from([...module.subarray(0, section), ...code]), replaced };
}

function rewritten(module: Uint8Array, { locals, code, place }: WasmFunction): number[] {
  const reader = new Reader(module);
  reader.at = place.locals;
  const groups = reader.count();
  // One more local keeps the summand while the factors are multiplied.
  const summand = unsignedLeb(locals);
  const body = [...unsignedLeb(groups + 1), ...module.subarray(reader.at, place.code), 1, V128];
  let done = place.code;
  for (const { op, start } of code) {
    if (op !== 'f64x2.relaxed_madd') continue;
    for (let at = done; at < start; at++) body.push(module[at]!);
    body.push(0x21, ...summand, ...MULTIPLY, 0x20, ...summand, ...ADD);
    done = start + RELAXED_MADD_BYTES;
  }
  for (let at = done; at < place.end; at++) body.push(module[at]!);
  return body;
}
