import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './source-files.ts';
import { argumentsIn, unargued, unconstrainedIn } from './unconstrained-code.ts';

const files = filesBelow('circuits', ['.nr']);
const code = files.flatMap((path) => unconstrainedIn(path, textOf(path)));
const argued = filesBelow('docs/adr', ['.md']).flatMap((path) => argumentsIn(textOf(path)));

const PLANTED = `
fn honest(x: Field) -> Field { x } // unsafe in a comment does not count
unconstrained fn hint(x: Field) -> Field { x }
fn root(x: Field) -> Field {
    // Safety: none
    let y = unsafe { hint(x) };
    y
}`;

/** Results of unconstrained code escape the mutation of inputs, so each needs an argument that a person has read (G1). */
describe('unconstrained code in circuits', () => {
  it('is looked for in every circuit', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((path) => path.endsWith('/main.nr')).length).toBeGreaterThanOrEqual(4);
  });

  it('is argued in an ADR, each function of it', () => {
    console.log(`unsafe blocks and unconstrained functions in ${files.length} files: ${code.length}`);
    expect(unargued(code, argued)).toEqual({ missing: [], stale: [] });
  });

  it('is seen when planted', () => {
    const planted = unconstrainedIn('circuits/lib/src/planted.nr', PLANTED);
    expect(planted.map(({ name }) => name)).toEqual(['hint', 'root']);
    expect(unargued(planted, argued).missing).toEqual([
      'circuits/lib/src/planted.nr hint',
      'circuits/lib/src/planted.nr root',
    ]);
  });

  it('passes with an argument, and an argument for code that is gone is seen', () => {
    const adr =
      '- `circuits/lib/src/planted.nr` `hint`: called by root alone.\n- `circuits/lib/src/planted.nr` `root`: y is asserted.';
    const planted = unconstrainedIn('circuits/lib/src/planted.nr', PLANTED);
    expect(unargued(planted, argumentsIn(adr))).toEqual({ missing: [], stale: [] });
    expect(unargued([], argumentsIn(adr)).stale).toHaveLength(2);
  });
});
