/**
 * Time of one write decision under the large policy with 100,000 identities; one line of JSON. `node test/bench/policy.ts [seed]`. The aim is a
 * p99 of at most 50 microseconds. Each decision is timed alone, so the clock's own cost (about 0.1 microseconds) is in the figure.
 */

import { readFileSync } from 'node:fs';
import { Secret } from '../../src/base/secret.ts';
import type { Identity } from '../../src/chain/identity.ts';
import { word32 } from '../../src/chain/packed.ts';
import { compilePolicy } from '../../src/policy/compile/compile-policy.ts';
import type { CompiledPolicy } from '../../src/policy/compile/compiled-policy.ts';
import { decideWrite } from '../../src/policy/decide/decide-write.ts';
import { createFacts } from '../../src/policy/facts.ts';
import type { WriteRequest } from '../../src/policy/port.ts';
import { createRandom } from '../policy/random.ts';

const IDENTITIES = 100_000;
const DECISIONS = 200_000;
const WARM_UP = 20_000;
const TARGET_P99_MICROSECONDS = 50;

const seed = process.argv[2] ?? '1';
const random = createRandom(seed);
const text = readFileSync(new URL('../../policies/large.yaml', import.meta.url), 'utf8');
const started = performance.now();
const policy = compilePolicy(text, { salt: new Secret(new Uint8Array(32).fill(1)) });
const compileMs = Math.round(performance.now() - started);

const bits = [...policy.roles.values()];
const addresses = Array.from({ length: IDENTITIES }, () => random.bits(160));
const identities = new Map(
  addresses.map((address, i): [bigint, Identity] => {
    const roles = (1n << BigInt(bits[random.below(bits.length)]!)) | (i % 2 === 0 ? 1n : 0n);
    return [address, { roles, flags: i % 97 === 0 ? 1n : 0n, expiry: i % 89 === 0 ? 1n : 0n }];
  }),
);
const some = (count: number) => new Set(Array.from({ length: count }, () => addresses[random.below(IDENTITIES)]!));
const lists = new Map([...policy.lists.values()].map(({ id }) => [id, some(5_000)]));
const inserted = new Map([...policy.lists.values()].map(({ id }) => [id, some(50)]));
const facts = createFacts({ identities, lists, inserted });

const tokens = [...policy.contracts.values()].filter(({ name }) => name.startsWith('token'));
function randomRequest(): WriteRequest {
  const signer = addresses[random.below(IDENTITIES)]!;
  const other = addresses[random.below(IDENTITIES)]!;
  const common = { signer, blockTimestamp: 1_800_000_000n, value: 0n };
  if (random.below(2) === 0) {
    return { ...common, to: other, value: BigInt(random.below(100)) * 10n ** 17n, data: new Uint8Array() };
  }
  const contract = tokens[random.below(tokens.length)]!;
  const called = contract.functions[random.below(contract.functions.length)]!;
  const words = called.signature.startsWith('settle') ? 4 : called.inputs.length;
  const data = new Uint8Array(4 + 32 * words);
  new DataView(data.buffer).setUint32(0, called.selector);
  for (let i = 0; i < words; i++) data.set(word32(addresses[random.below(IDENTITIES)]!), 4 + 32 * i);
  return { ...common, to: contract.address, code: contract.code, data };
}

/** A thousand alternatives of one target, of which a signer's roles meet a few. */
function crowdedPolicy(): CompiledPolicy {
  const roles = Array.from({ length: 100 }, (_, i) => `r${i}`);
  const alternatives = Array.from(
    { length: 1000 },
    (_, i) =>
      `      - { roles: [${roles[i % 100]}], conditions: [{ valueAtMost: ${i + 1} gwei }, { account: to, notInList: sanctions }] }`,
  );
  const text = [
    'name: crowded\nversion: 1\nsalt: s\nroles:',
    ...roles.map((role, i) => `  ${role}: ${16 + i}`),
    'lists: { sanctions: { id: 1, kind: deny } }\nexits: { roles: [anyone] }\nreads: []\nwrites:\n  - to: native.transfer\n    anyOf:',
    ...alternatives,
  ].join('\n');
  return compilePolicy(text, { salt: new Secret(new Uint8Array(32).fill(1)) });
}

const crowded = crowdedPolicy();
const crowdedRequest = (): WriteRequest => ({
  signer: addresses[random.below(IDENTITIES)]!,
  to: addresses[random.below(IDENTITIES)]!,
  value: BigInt(random.below(1200)) * 10n ** 9n,
  data: new Uint8Array(),
  blockTimestamp: 1_800_000_000n,
});

function measure(under: CompiledPolicy, next: () => WriteRequest) {
  const requests = Array.from({ length: DECISIONS }, next);
  for (const request of requests.slice(0, WARM_UP)) decideWrite(under, request, facts);
  const nanoseconds = new Float64Array(DECISIONS);
  let allowed = 0;
  for (const [i, request] of requests.entries()) {
    const before = process.hrtime.bigint();
    const decision = decideWrite(under, request, facts);
    nanoseconds[i] = Number(process.hrtime.bigint() - before);
    if (decision.allow) allowed += 1;
  }
  nanoseconds.sort();
  const at = (share: number) =>
    Math.round(nanoseconds[Math.min(DECISIONS - 1, Math.floor(DECISIONS * share))]! / 10) / 100;
  return {
    rules: under.rules.length,
    allowed,
    microseconds: { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) },
  };
}

const large = measure(policy, randomRequest);
const oneTarget = measure(crowded, crowdedRequest);
const worst = Math.max(large.microseconds.p99, oneTarget.microseconds.p99);
const result = {
  bench: 'policy',
  seed,
  identities: identities.size,
  decisions: DECISIONS,
  compileMs,
  large,
  oneTarget,
  targetP99: TARGET_P99_MICROSECONDS,
  met: worst <= TARGET_P99_MICROSECONDS,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
