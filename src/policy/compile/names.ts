import { SELECTOR_FALLBACK, SELECTOR_RECEIVE } from '../../chain/constants.ts';
import type { AbiParameter } from '../abi/types.ts';
import type { Report } from '../source/issue.ts';
import { NATIVE_TRANSFER, type Target } from '../target.ts';
import type { CompiledContract } from './compiled-policy.ts';
import type { Scope } from './scope.ts';

type Path = readonly (string | number)[];

/** Role names -> mask; `[anyone]` is 0, which asks for no role. */
export function resolveRoleMask(names: readonly string[], scope: Scope, path: Path, report: Report): bigint {
  if (names.length === 1 && names[0] === 'anyone') return 0n;
  return names.reduce((mask, name, i) => {
    const bit = scope.roles.get(name);
    if (bit === undefined) {
      report('UNKNOWN_ROLE', [...path, i], name === 'anyone' ? "'anyone' stands alone" : `no role '${name}'`);
      return mask;
    }
    return mask | (1n << BigInt(bit));
  }, 0n);
}

/** Console roles of an enforced rule. */
export function resolveWho(names: readonly string[], scope: Scope, path: Path, report: Report): ReadonlySet<string> {
  for (const [i, name] of names.entries()) {
    if (name !== 'user' && name !== 'anonymous' && !scope.roles.has(name))
      report('UNKNOWN_ROLE', [...path, i], `no role '${name}'`);
  }
  return new Set(names);
}

export interface ResolvedTarget {
  /** `token.transfer`; with its types where the name is overloaded. */
  readonly label: string;
  readonly target: Target;
  readonly contract: CompiledContract | undefined;
  readonly inputs: readonly AbiParameter[] | undefined;
}

/** `native.transfer`, `contract.function`, `contract.function(types)`, `contract.receive`, `contract.fallback`. */
export function resolveTarget(text: string, scope: Scope, path: Path, report: Report): ResolvedTarget | undefined {
  if (text === 'native.transfer')
    return { label: text, target: NATIVE_TRANSFER, contract: undefined, inputs: undefined };
  const dot = text.indexOf('.');
  const [contractName, member] = [text.slice(0, dot), text.slice(dot + 1)];
  const contract = scope.contracts.get(contractName);
  if (contract === undefined) {
    report('UNKNOWN_CONTRACT', path, `no contract '${contractName}'`);
    return undefined;
  }
  const place = { storage: contract.address, code: contract.code };
  const found = contract.functions.filter(
    ({ name, signature }) => name === member || signature === member.replaceAll(' ', ''),
  );
  if (found.length > 1) {
    report(
      'UNKNOWN_FUNCTION',
      path,
      `'${member}' is overloaded; write one of ${found.map((f) => f.signature).join(', ')}`,
    );
    return undefined;
  }
  const named = found[0];
  if (named !== undefined) {
    const overloaded = contract.functions.filter(({ name }) => name === named.name).length > 1;
    const label = `${contractName}.${overloaded ? named.signature : named.name}`;
    return { label, target: { ...place, selector: named.selector }, contract, inputs: named.inputs };
  }
  if (member === 'receive' || member === 'fallback') {
    const selector = member === 'receive' ? SELECTOR_RECEIVE : SELECTOR_FALLBACK;
    return { label: text, target: { ...place, selector }, contract, inputs: undefined };
  }
  report('UNKNOWN_FUNCTION', path, `contract '${contractName}' has no function '${member}'`);
  return undefined;
}
