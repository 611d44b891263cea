import type { PrivityError } from '../../base/errors.ts';
import { rpcError } from '../errors.ts';

export type RpcId = string | number | null;

export interface RpcRequest {
  readonly id: RpcId;
  readonly method: string;
  readonly params: unknown;
}

const idCharsMax = 128;

/** One request object of JSON-RPC 2.0. Notifications are refused: nothing here is worth doing without an answer. */
export function parseRequest(value: unknown): RpcRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw rpcError('REQUEST_INVALID', 'not an object');
  const { jsonrpc, method, params } = value as Record<string, unknown>;
  if (jsonrpc !== '2.0' || typeof method !== 'string') throw rpcError('REQUEST_INVALID', 'not JSON-RPC 2.0');
  const id = idOf(value);
  if (id === undefined) throw rpcError('REQUEST_INVALID', 'no id');
  return { id, method, params };
}

/** The id to answer under; undefined when there is none that may be echoed. */
export function idOf(value: unknown): RpcId | undefined {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  if (id === null || typeof id === 'number') return id;
  return typeof id === 'string' && id.length <= idCharsMax ? id : undefined;
}

/** Written by hand because it is on the hottest path: three fields, of which one is always the same. */
export const resultText = (id: RpcId, result: unknown): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${JSON.stringify(result) ?? 'null'}}`;

/** `data.code` is the stable code that docs/errors.md explains; `rpcData`, where an error has it, is the revert data. */
export function errorText(id: RpcId, error: PrivityError): string {
  const revert = 'rpcData' in error ? error.rpcData : undefined;
  const body = { code: error.rpcCode, message: error.publicText, data: revert ?? { code: error.code } };
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${JSON.stringify(body)}}`;
}
