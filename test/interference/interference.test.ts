import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PolicyPort } from '../../src/policy/port.ts';
import { createRandom } from '../policy/random.ts';
import { compareWorlds } from './compare-worlds.ts';
import { openHiddenWorld, type Services } from './hidden-world.ts';
import { Renaming } from './normalise.ts';
import { PEOPLE } from './people.ts';
import { NOT_DRAWN, ROUTES } from './requests.ts';

const MINUTES = 60_000;

/** Of the framework's tree of routes: each line the end of a path, below its beginning. */
function routesIn(tree: string): string[] {
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent, part, methods] = /^(.*?)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    if (part === undefined) return [];
    path.splice(indent!.length / 4, Number.POSITIVE_INFINITY, part);
    const named = (methods ?? '').split(', ').filter((method) => !['', 'HEAD', 'OPTIONS'].includes(method));
    return named.map((method) => `${method} ${path.join('')}`);
  });
}

describe('two chains that differ only in what Bob does', () => {
  it('answer every request of everybody else the same (G5)', { timeout: 10 * MINUTES }, async () => {
    const seed = process.env['SEED'] ?? randomBytes(6).toString('hex');
    const { requests, counts, difference } = await compareWorlds({ seed, requests: 300 });
    console.log(`interference: seed ${seed}, ${requests} requests, ${counts.size} kinds of answers`);
    expect(difference).toBeUndefined();
    expect([requests, counts.size > 40]).toEqual([300, true]);
    // The worlds do answer: a comparison of refusals shows nothing.
    const answered = [...counts].filter(([kind]) => kind.endsWith(' ok')).reduce((sum, [, count]) => sum + count, 0);
    expect(answered).toBeGreaterThan(30);
  });

  it('are asked on every route there is, but for those named with a reason', { timeout: MINUTES }, async () => {
    const world = await openHiddenWorld(createRandom('routes'));
    const printed = world.app.printRoutes({ commonPrefix: false });
    await world.close();
    const found = routesIn(printed);
    expect(found.length).toBeGreaterThan(40);
    const drawn = ROUTES.map((route) => route.join(' '));
    expect(drawn.filter((route) => !found.includes(route))).toEqual([]);
    expect(found.filter((route) => !drawn.includes(route) && !NOT_DRAWN.some(([named]) => named.test(route)))).toEqual(
      [],
    );
    expect(NOT_DRAWN.filter(([named]) => !found.some((route) => named.test(route)))).toEqual([]);
  });

  const withPolicy = (change: (policy: PolicyPort) => Partial<PolicyPort>) => (services: Services) => ({
    ...services,
    policy: {
      ...services.policy,
      current: () => {
        const policy = services.policy.current();
        return { ...policy, ...change(policy) };
      },
    },
  });

  it.each<[string, RegExp, NonNullable<Parameters<typeof compareWorlds>[0]['weaken']>]>([
    [
      'accounts of others are shown',
      /eth_get(Balance|TransactionCount)|batch|disclosure/,
      withPolicy((policy) => ({
        authorizeRead: (principal, request) =>
          policy.authorizeRead(
            request.kind === 'account' ? { ...principal, wallets: [request.address] } : principal,
            request,
          ),
      })),
    ],
    [
      'blocks are not blanked',
      /eth_getBlock|batch/,
      withPolicy((policy) => ({
        decideRead: (principal, request) =>
          request.kind === 'block'
            ? { allow: true, ruleId: 'planted', view: 'full' }
            : policy.decideRead(principal, request),
      })),
    ],
    [
      'an estimate depends on another’s balance',
      /eth_estimateGas|batch/,
      (services, life) => ({
        ...services,
        simulator: {
          ...services.simulator,
          async estimateGas(request, permit) {
            const { balance } = await services.chain.account(PEOPLE.bob.address, life.pipeline.index.head, permit);
            return (await services.simulator.estimateGas(request, permit)) + (balance % 2n ** 20n);
          },
        },
      }),
    ],
    [
      'an error tells whether a transaction exists',
      /privity_getOutcome|batch/,
      (services) => ({
        ...services,
        outcomes: {
          async outcome(hash, permit) {
            const found = await services.outcomes.outcome(hash, permit);
            if (found?.sender === PEOPLE.bob.address) throw new Error('another’s');
            return found;
          },
        },
      }),
    ],
    [
      'an answer is longer by what is hidden',
      /eth_getCode|batch/,
      (services, life) => ({
        ...services,
        chain: {
          ...services.chain,
          async account(address, at, permit) {
            const account = await services.chain.account(address, at, permit);
            const { balance } = await services.chain.account(PEOPLE.bob.address, life.pipeline.index.head, permit);
            return { ...account, code: new Uint8Array(Number(balance % 50n)) };
          },
        },
      }),
    ],
  ])('are told apart when %s', { timeout: 10 * MINUTES }, async (_what, where, weaken) => {
    const { difference, requests } = await compareWorlds({ seed: 'planted', requests: 5_000, weaken });
    expect(difference?.request.name).toMatch(where);
    console.log(`interference: a planted leak was found by request ${requests}, ${difference!.request.name}`);
  });
});

describe('what is renamed', () => {
  it('is the same only when it is so one to one', () => {
    const [a, b] = [`0x${'a1'.repeat(32)}`, `0x${'b2'.repeat(32)}`];
    const text = (...hashes: string[]) => {
      const renaming = new Renaming();
      return hashes.map((hash) => renaming.apply(JSON.stringify({ hash }))).join();
    };
    expect(text(a, b, a)).toBe(text(b, a, b));
    expect(text(a, b, a)).not.toBe(text(a, b, b));
    expect(text(a, a)).not.toBe(text(a, b));
  });

  it('is nothing that could be an amount or an address, and nothing in other fields', () => {
    const word = (value: number) => `0x${value.toString(16).padStart(64, '0')}`;
    const apply = (value: object) => new Renaming().apply(JSON.stringify(value));
    expect(apply({ hash: word(5) })).not.toBe(apply({ hash: word(6) }));
    const [a, b] = [`0x${'a1'.repeat(32)}`, `0x${'b2'.repeat(32)}`];
    for (const field of ['data', 'topics', 'balance', 'gasUsed', 'input', 'result'])
      expect(apply({ [field]: a })).not.toBe(apply({ [field]: b }));
    expect(apply({ hash: a })).not.toBe(apply({ hash: `${a}00` }));
  });
});
