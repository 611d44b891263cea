import { isPrivityError, type PrivityError } from '../../base/errors.ts';
import type { Principal as PolicyPrincipal } from '../../policy/port.ts';
import { rpcError } from '../errors.ts';
import type { AuditSink, PolicySource, Principal } from '../port.ts';
import { isForbiddenMethod } from './forbidden-methods.ts';
import type { RpcMethod } from './method.ts';
import type { MethodLimits } from './method-limits.ts';
import { isWalletMethod } from './wallet-methods.ts';

export interface Caller {
  readonly user: Principal | undefined;
  /** A token came with the request and is not, or no longer, good. */
  readonly tokenRefused: boolean;
}

export type Dispatch = (method: string, params: unknown, caller: Caller) => Promise<unknown>;

const ANONYMOUS: PolicyPrincipal = Object.freeze({ kind: 'anonymous', subject: '', roles: [], wallets: [] });
const methodCharsMax = 64;

/** From a method's name to its answer: known, allowed, within limits, then the handler. Throws a coded error. */
export function createDispatch(deps: {
  methods: ReadonlyMap<string, RpcMethod>;
  policy: PolicySource;
  audit: AuditSink;
  limits: MethodLimits;
}): Dispatch {
  const { methods, audit, limits } = deps;

  return async (name, params, { user, tokenRefused }) => {
    if (tokenRefused) throw rpcError('LOGIN_REQUIRED', 'token refused');
    const method = methods.get(name);
    if (method === undefined) throw unavailable(name, user);
    if (user?.method === 'wallet-token' && !isWalletMethod(name)) {
      recordDenial(user, name, 'not of a wallet URL');
      throw rpcError('RPC_METHOD_FORBIDDEN', 'not of a wallet URL');
    }
    const policy = deps.policy.current();
    const principal = user ?? ANONYMOUS;
    const authorization = policy.authorizeRead(principal, { kind: 'method', method: name });
    if (!('permit' in authorization)) {
      if (user === undefined) throw rpcError('LOGIN_REQUIRED', name);
      recordDenial(user, name, authorization.denial.ruleId);
      throw rpcError('RPC_METHOD_FORBIDDEN', authorization.denial.ruleId);
    }
    limits.check(name, principal, policy);
    try {
      return await method.handle(positional(params), { policy, principal, user, permit: authorization.permit });
    } catch (error) {
      if (user !== undefined && isPrivityError(error, 'RPC_METHOD_FORBIDDEN'))
        recordDenial(user, name, error.internalText);
      throw error;
    }
  };

  function unavailable(name: string, user: Principal | undefined): PrivityError {
    const forbidden = isForbiddenMethod(name);
    if (forbidden && user === undefined) return rpcError('LOGIN_REQUIRED');
    if (forbidden && user !== undefined) recordDenial(user, name.slice(0, methodCharsMax), 'closed to everybody');
    return rpcError(forbidden ? 'RPC_METHOD_FORBIDDEN' : 'RPC_METHOD_UNKNOWN');
  }

  function recordDenial(user: Principal, method: string, rule: string): void {
    audit.record({ actor: user.subject, action: 'rpc.denied', resource: '', detail: { method, rule } });
  }
}

function positional(params: unknown): readonly unknown[] {
  if (params === undefined || params === null) return [];
  if (!Array.isArray(params)) throw rpcError('RPC_PARAMS', 'not a list');
  return params;
}
