/**
 * Time of one write decision under the large policy with 100,000 identities; one line of JSON. `node test/bench/policy.ts [seed]`. The aim is a
 * p99 of at most 50 microseconds. Each decision is timed alone, so the clock's own cost (about 0.1 microseconds) is in the figure.
 */

import { readFileSync } from 'node:fs';
import { Secret } from '../../src/base/secret.ts';
import type { Identity } from '../../src/chain/identity.ts';
import { word32 } from '../../src/chain/packed.ts';
import { compilePolicy } from '../../src/policy/compile/compile-policy.ts';
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

const requests = Array.from({ length: DECISIONS }, randomRequest);
for (const request of requests.slice(0, WARM_UP)) decideWrite(policy, request, facts);
const nanoseconds = new Float64Array(DECISIONS);
let allowed = 0;
for (const [i, request] of requests.entries()) {
  const before = process.hrtime.bigint();
  const decision = decideWrite(policy, request, facts);
  nanoseconds[i] = Number(process.hrtime.bigint() - before);
  if (decision.allow) allowed += 1;
}
nanoseconds.sort();
const micros = (share: number) =>
  Math.round(nanoseconds[Math.min(DECISIONS - 1, Math.floor(DECISIONS * share))]! / 10) / 100;
const p99 = micros(0.99);
const result = {
  bench: 'policy',
  seed,
  rules: policy.rules.length,
  identities: identities.size,
  decisions: DECISIONS,
  allowed,
  compileMs,
  microseconds: { p50: micros(0.5), p99, p999: micros(0.999), max: micros(1) },
  targetP99: TARGET_P99_MICROSECONDS,
  met: p99 <= TARGET_P99_MICROSECONDS,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
