import type { CompiledPolicy } from './compile/compiled-policy.ts';
import { decideCall } from './decide/decide-call.ts';
import { decideRead } from './decide/decide-read.ts';
import { decideExit, decideWrite, deny } from './decide/decide-write.ts';
import { logAudiences } from './decide/log-audiences.ts';
import { owns, speaksTo } from './decide/who.ts';
import { mintReadPermit, mintWritePermit } from './permit.ts';
import type { PolicyPort, Principal, SubmittedTransaction } from './port.ts';

/** A compiled policy as other layers hold it. The only place where permits are minted. */
export function createPolicy(compiled: CompiledPolicy): PolicyPort {
  const { name, version, root, roles, ruleWitness, exitWitness } = compiled;
  const lists = new Map([...compiled.lists.values()].map((list) => [list.id, list.name]));

  const authorizeSubmission = (principal: Principal, { signer }: SubmittedTransaction) => {
    const grants = compiled.grants.filter((grant) => speaksTo(grant.who, principal));
    const submits = grants.filter(({ methods, submit }) => methods.has('send') && submit !== 'none');
    if (submits.length === 0) return deny('read.submit', 'method-forbidden', 'the caller may not submit transactions');
    if (submits.some(({ submit }) => submit === 'any') || owns(principal, signer)) return undefined;
    return deny('read.submit.not-own-wallet', 'not-own-wallet', "the signer is not one of the caller's wallets");
  };

  return {
    name,
    version,
    root,
    lists,
    roles,
    ruleWitness,
    exitWitness,
    decideWrite: (request, facts) => decideWrite(compiled, request, facts),
    decideExit: (request, facts) => decideExit(compiled, request, facts),
    decideRead: (principal, request) => decideRead(compiled, principal, request),
    decideCall: (principal, request, facts) => decideCall(compiled, principal, request, facts),
    logAudiences: (principal, filter, max) => logAudiences(compiled, principal, filter, max),
    limitFor(principal, method) {
      const found = compiled.limits.find((limit) => limit.methods.has(method) && speaksTo(limit.who, principal));
      return found && { ruleId: found.id, perMinute: found.perMinute };
    },
    authorizeWrite(principal, transaction, facts) {
      const refused = authorizeSubmission(principal, transaction);
      if (refused !== undefined) return { denial: refused };
      const decision = decideWrite(compiled, transaction, facts);
      if (!decision.allow) return { denial: decision };
      const resource = { transactionHash: Uint8Array.from(transaction.hash), signer: transaction.signer };
      return {
        permit: mintWritePermit({
          principal: snapshot(principal),
          resource,
          ruleId: decision.ruleId,
          policyRoot: root,
        }),
      };
    },
    authorizeRead(principal, request) {
      const decision = decideRead(compiled, principal, request);
      if (!decision.allow) return { denial: decision };
      return {
        permit: mintReadPermit({
          principal: snapshot(principal),
          resource: request,
          ruleId: decision.ruleId,
          policyRoot: root,
        }),
      };
    },
  };
}

/** A permit must not change with the object it was minted from. */
const snapshot = ({ kind, subject, roles, wallets }: Principal): Principal =>
  Object.freeze({ kind, subject, roles: Object.freeze([...roles]), wallets: Object.freeze([...wallets]) });
