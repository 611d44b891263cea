import type { PolicyPort, Principal as PolicyPrincipal, ReadPermit } from '../../policy/port.ts';
import type { Principal } from '../port.ts';

/** What a handler knows of its caller. The permit says that the caller may call the method, nothing about its arguments. */
export interface CallContext {
  readonly policy: PolicyPort;
  /** Anonymous for methods that the policy opens to everybody. */
  readonly principal: PolicyPrincipal;
  /** The same, when there is a login. */
  readonly user: Principal | undefined;
  readonly permit: ReadPermit;
}

export interface RpcMethod {
  readonly name: string;
  /** Parses and answers; the answer is a JSON value, null for absent and for denied alike. */
  handle(params: readonly unknown[], context: CallContext): unknown;
}
