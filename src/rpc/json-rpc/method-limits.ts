import type { Clock } from '../../base/clock.ts';
import type { PolicyPort, Principal } from '../../policy/port.ts';
import { rpcError } from '../errors.ts';
import type { PolicySource } from '../port.ts';

/** Limits that the policy itself sets on classes of methods. */
export interface MethodLimits {
  check(method: string, principal: Principal, policy: PolicyPort): void;
}

const windowMs = 60_000;

/** One fixed window for everybody: all counts are forgotten at its end, so memory is bounded by what a minute's requests can name. */
export function createMethodLimits(deps: { clock: Clock; policy: PolicySource }): MethodLimits {
  let windowStart = 0;
  let counts = new Map<string, number>();
  return {
    check(method, principal, policy) {
      const methodClass = deps.policy.classOf(method);
      const limit = methodClass && policy.limitFor(principal, methodClass);
      if (limit === undefined) return;
      const now = deps.clock.now();
      if (now - windowStart >= windowMs) {
        windowStart = now;
        counts = new Map();
      }
      const key = `${limit.ruleId} ${principal.subject}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count > limit.perMinute) throw rpcError('RATE_LIMITED', limit.ruleId);
    },
  };
}
