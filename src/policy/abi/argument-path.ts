import { type AbiParameter, type AbiType, headWords, isDynamic } from './types.ts';

/**
 * Index of the ABI word that an argument path names (`owner`, `order.recipient`, `pair[1]`, or `0` by position), when it is an address at a
 * fixed place. This statement version opens head words only, so an address inside anything dynamic is out of reach: the reason is returned.
 */
export function addressWordOf(inputs: readonly AbiParameter[], path: string): { word: number } | { reason: string } {
  const steps = path.match(/[^.[\]]+/g) ?? [];
  if (steps.length === 0 || steps.join('') !== path.replaceAll(/[.[\]]/g, ''))
    return { reason: `'${path}' is no argument path` };
  let type: AbiType = { kind: 'tuple', components: inputs };
  let word = 0;
  for (const [depth, step] of steps.entries()) {
    if (depth > 0 && isDynamic(type))
      return { reason: `'${path}' lies inside a dynamic argument, which cannot be opened yet` };
    if (type.kind === 'tuple') {
      const components: readonly AbiParameter[] = type.components;
      const named = components.findIndex((component) => component.name === step);
      const index = named >= 0 ? named : /^[0-9]+$/.test(step) ? Number(step) : -1;
      const found = components[index];
      if (found === undefined) return { reason: `no argument '${step}'` };
      word += components.slice(0, index).reduce((sum, component) => sum + headWords(component.type), 0);
      type = found.type;
    } else if (type.kind === 'array') {
      const index = /^[0-9]+$/.test(step) ? Number(step) : -1;
      if (index < 0 || index >= (type.length ?? 0)) return { reason: `no element '${step}'` };
      word += index * headWords(type.element);
      type = type.element;
    } else {
      return { reason: `'${step}' is inside a value that has no parts` };
    }
  }
  return type.kind === 'address' ? { word } : { reason: `'${path}' is not an address` };
}
