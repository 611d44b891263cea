/** ABI types, parsed once; `headWords` is what a value takes in the head of its tuple. */
export type AbiType =
  | { readonly kind: 'uint' | 'int'; readonly bits: number }
  | { readonly kind: 'address' | 'bool' }
  | { readonly kind: 'fixedBytes'; readonly bytes: number }
  | { readonly kind: 'bytes' | 'string' }
  | { readonly kind: 'array'; readonly element: AbiType; readonly length: number | undefined }
  | { readonly kind: 'tuple'; readonly components: readonly AbiParameter[] };

export interface AbiParameter {
  readonly name: string;
  readonly type: AbiType;
}

/** Shape of a JSON ABI parameter. */
export interface JsonAbiParameter {
  readonly name?: string | undefined;
  readonly type: string;
  readonly components?: readonly JsonAbiParameter[] | undefined;
}

/** Throws a RangeError on what is no ABI type. Empty tuples and arrays of length 0 are refused: they take no room, so a count costs nothing. */
export function readAbiParameter(parameter: JsonAbiParameter): AbiParameter {
  return { name: parameter.name ?? '', type: readType(parameter.type, parameter.components) };
}

function readType(text: string, components: readonly JsonAbiParameter[] | undefined): AbiType {
  const array = /^(.*)\[([0-9]*)\]$/s.exec(text);
  if (array !== null) {
    const length = array[2] === '' ? undefined : Number(array[2]);
    if (length === 0 || (length !== undefined && length > 1024)) throw new RangeError(`array length of '${text}'`);
    return { kind: 'array', element: readType(array[1]!, components), length };
  }
  if (text === 'tuple') {
    if (components === undefined || components.length === 0) throw new RangeError('a tuple without components');
    return { kind: 'tuple', components: components.map(readAbiParameter) };
  }
  if (text === 'address' || text === 'bool' || text === 'bytes' || text === 'string') return { kind: text };
  if (text === 'function') return { kind: 'fixedBytes', bytes: 24 };
  const sized = /^(uint|int|bytes)([1-9][0-9]*)$/.exec(text);
  if (sized === null) throw new RangeError(`'${text}' is not an ABI type`);
  const size = Number(sized[2]);
  if (sized[1] === 'bytes') {
    if (size > 32) throw new RangeError(`'${text}' is not an ABI type`);
    return { kind: 'fixedBytes', bytes: size };
  }
  if (size > 256 || size % 8 !== 0) throw new RangeError(`'${text}' is not an ABI type`);
  return { kind: sized[1] as 'uint' | 'int', bits: size };
}

export function isDynamic(type: AbiType): boolean {
  switch (type.kind) {
    case 'bytes':
    case 'string':
      return true;
    case 'array':
      return type.length === undefined || isDynamic(type.element);
    case 'tuple':
      return type.components.some((component) => isDynamic(component.type));
    default:
      return false;
  }
}

/** Words in the head: 1 for anything dynamic (its offset). */
export function headWords(type: AbiType): number {
  if (isDynamic(type)) return 1;
  switch (type.kind) {
    case 'array':
      return type.length! * headWords(type.element);
    case 'tuple':
      return type.components.reduce((sum, component) => sum + headWords(component.type), 0);
    default:
      return 1;
  }
}
