/**
 * The one error class. A catalogue per layer declares what can go wrong; `docs/errors.md` explains each code and a test holds the two
 * together. `publicText` may reach anybody; `internalText` stays in logs and with compliance.
 */

export interface ErrorSpec {
  readonly httpStatus: number;
  /** JSON-RPC 2.0 error code; -32001 forbidden, -32090 expired login, -32000 refused transaction, -32603 internal. */
  readonly rpcCode: number;
  readonly publicText: string;
}

export class PrivityError extends Error {
  override readonly name = 'PrivityError';
  readonly code: string;
  readonly httpStatus: number;
  readonly rpcCode: number;
  readonly publicText: string;
  readonly internalText: string;

  constructor(code: string, spec: ErrorSpec, internalText = '', options?: { cause?: unknown; publicText?: string }) {
    super(internalText === '' ? `${code}: ${spec.publicText}` : `${code}: ${internalText}`, { cause: options?.cause });
    this.code = code;
    this.httpStatus = spec.httpStatus;
    this.rpcCode = spec.rpcCode;
    this.publicText = options?.publicText ?? spec.publicText;
    this.internalText = internalText;
  }

  /** The first error in the chain of causes that satisfies `test`. */
  walk(test: (error: unknown) => boolean): unknown {
    let current: unknown = this;
    while (current !== undefined && current !== null) {
      if (test(current)) return current;
      current = current instanceof Error ? current.cause : undefined;
    }
    return undefined;
  }
}

export type Raise<Code extends string> = (
  code: Code,
  internalText?: string,
  options?: { cause?: unknown; publicText?: string },
) => PrivityError;

const catalogues = new Map<string, Readonly<Record<string, ErrorSpec>>>();

/** Registers a layer's catalogue and returns the constructor of its errors. Codes are unique over all layers. */
export function defineErrors<Code extends string>(
  layer: string,
  specs: Readonly<Record<Code, ErrorSpec>>,
): Raise<Code> {
  if (catalogues.has(layer)) throw new Error(`error catalogue '${layer}' is defined twice`);
  for (const other of catalogues.values()) {
    for (const code of Object.keys(specs)) if (code in other) throw new Error(`error code '${code}' is defined twice`);
  }
  catalogues.set(layer, specs);
  return (code, internalText, options) => new PrivityError(code, specs[code], internalText, options);
}

/** All registered catalogues, by layer. */
export function errorCatalogues(): ReadonlyMap<string, Readonly<Record<string, ErrorSpec>>> {
  return catalogues;
}

export function isPrivityError(error: unknown, code?: string): error is PrivityError {
  return error instanceof PrivityError && (code === undefined || error.code === code);
}
