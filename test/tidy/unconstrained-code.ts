/** Finds every `unsafe` block and `unconstrained` function in Noir, and the arguments that ADRs give for them. */

export interface UnconstrainedCode {
  readonly path: string;
  /** The function around it. */
  readonly name: string;
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');

export function unconstrainedIn(path: string, text: string): UnconstrainedCode[] {
  const found: UnconstrainedCode[] = [];
  let name = '(outside of functions)';
  for (const [token, unconstrained, fn] of withoutComments(text).matchAll(
    /(unconstrained\s+)?\bfn\s+(\w+)|\bunsafe\b/g,
  )) {
    if (fn !== undefined) name = fn;
    if (unconstrained !== undefined || token === 'unsafe') found.push({ path, name });
  }
  return found;
}

const ENTRY = /^- `([^`]+\.nr)` `(\w+)`: (.+)$/gm;

/** Entries of ADRs: "- `circuits/lib/src/x.nr` `function`: why no value of the hint lets a wrong statement pass." */
export function argumentsIn(adr: string): UnconstrainedCode[] {
  return [...adr.matchAll(ENTRY)].map(([, path, name]) => ({ path: path!, name: name! }));
}

const label = ({ path, name }: UnconstrainedCode): string => `${path} ${name}`;

/** Code that no ADR argues, and arguments for code that is gone. */
export function unargued(
  code: readonly UnconstrainedCode[],
  argued: readonly UnconstrainedCode[],
): { readonly missing: string[]; readonly stale: string[] } {
  const [there, said] = [new Set(code.map(label)), new Set(argued.map(label))];
  return {
    missing: [...there].filter((one) => !said.has(one)),
    stale: [...said].filter((one) => !there.has(one)),
  };
}
