import { expect, it } from 'vitest';
import { filesBelow, importsOf, targetBelowSrc, textOf } from './source-files.ts';

/** The demo is a customer: what it can do, anybody can do from outside. */
const importsOfSrc = (file: string, text: string): string[] =>
  importsOf(text).filter(
    (specifier) => targetBelowSrc(file, specifier) !== undefined || specifier.startsWith('privity'),
  );

/** What it shares with tests is looked at too: it must not reach into src by a detour. */
function reached(start: readonly string[]): string[] {
  const files = new Set(start);
  for (const file of files) {
    for (const specifier of importsOf(textOf(file))) {
      if (!specifier.startsWith('.')) continue;
      const target = new URL(specifier, `file:///${file}`).pathname.slice(1);
      if (target.startsWith('test/')) files.add(target);
    }
  }
  return [...files];
}

const files = reached(filesBelow('test/demo', ['.ts']));

it('imports nothing of src', () => {
  expect(files.length).toBeGreaterThan(20);
  expect(files).toContain('test/support/browser.ts');
  const breaches = files.flatMap((file) =>
    importsOfSrc(file, textOf(file)).map((specifier) => `${file}: ${specifier}`),
  );
  expect(breaches).toEqual([]);
});

it.each([
  ['test/demo/main.ts', "import { p2 } from '../../src/chain/poseidon2.ts';"],
  ['test/demo/chapters/audit.ts', "const { x } = await import('../../../src/chain/x.ts');"],
  ['test/demo/chapters/audit.ts', "export { x } from '../../../src/node/x.ts';"],
])('sees a planted import in %s', (file, text) => {
  expect(importsOfSrc(file, text)).toHaveLength(1);
});
