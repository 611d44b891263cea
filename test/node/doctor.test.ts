/** Each probe finds what it is there for, on real contracts, stores and servers; none waits for ever, and every failure says what to do. */

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createPublicClient, http, keccak256 } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createHashMemory, createReferenceEngine } from '../../src/chain/poseidon2/engine.ts';
import type { Config } from '../../src/config/schema.ts';
import { createHashProbe } from '../../src/node/doctor/hash-probe.ts';
import { createIdentityProbes } from '../../src/node/doctor/identity-probe.ts';
import { createL1Probes, type L1ProbeDeps } from '../../src/node/doctor/l1-probes.ts';
import { ill, type Probe, type Report, runProbes, well } from '../../src/node/doctor/probe.ts';
import { createProbes } from '../../src/node/doctor/probes.ts';
import { createDiskProbe } from '../../src/node/doctor/store-probes.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { openKeys } from '../../src/node/keys.ts';
import { KEY_FILE_URL } from '../../src/prover/keys/key-file.ts';
import {
  CHAIN_ID,
  DEADLINE,
  INTERVAL,
  openStage,
  PROOF_SYSTEM_ID,
  REJECTING_CODE,
  type Stage,
} from '../contracts/stage.ts';
import { providerConfig } from '../support/provider-config.ts';
import { configIn, found, openLife, silent } from './node-life.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (probes: readonly Probe[], timeoutMs = 20_000): Promise<Report[]> =>
  runProbes(probes, { timeoutMs, clock: systemClock, onReport: () => undefined });
const statesOf = (reports: readonly Report[]) =>
  Object.fromEntries(reports.map(({ name, finding }) => [name, finding.state]));
const findingOf = (reports: readonly Report[], name: string) => reports.find((report) => report.name === name)!.finding;

describe('running probes', () => {
  const probe = (name: string, look: Probe['look'], needs: string[] = []): Probe => ({
    name,
    needs,
    advice: `mend ${name}`,
    look,
  });

  it('does not look at what stands on something ill', async () => {
    const looked: string[] = [];
    const noting = (name: string) => () => {
      looked.push(name);
      return well('');
    };
    const reports = await run([
      probe('a', () => well('fine')),
      probe('b', () => ill('broken', 'mend it')),
      probe('c', noting('c'), ['a', 'b']),
      probe('d', noting('d'), ['c']),
      probe('e', noting('e'), ['a']),
    ]);
    expect(statesOf(reports)).toEqual({ a: 'well', b: 'ill', c: 'unknown', d: 'unknown', e: 'well' });
    expect(looked).toEqual(['e']);
  });

  it('ends in time, and tells the probe to stop', async () => {
    let stopped = false;
    const [report] = await run(
      [probe('slow', (signal) => new Promise(() => signal.addEventListener('abort', () => (stopped = true))))],
      50,
    );
    expect(report!.finding).toEqual({ state: 'ill', text: 'no answer in 0.05 s', advice: 'mend slow' });
    expect(stopped).toBe(true);
  });

  it('makes a finding with advice of whatever is thrown', async () => {
    const [report] = await run([probe('a', () => Promise.reject(new Error('first line\nsecond line')))]);
    expect(report!.finding).toEqual({ state: 'ill', text: 'first line', advice: 'mend a' });
  });
});

describe('Ethereum', () => {
  let stage: Stage;
  let keyFile: URL;
  const CODE_HASH = keccak256(REJECTING_CODE);
  beforeAll(async () => {
    stage = await openStage();
    keyFile = keyFileWith(CODE_HASH);
  });
  afterAll(() => stage?.close());

  /** The committed file, with the proof system and code hash of this stage's verifier. */
  const keyFileWith = (codeHash: string): URL => {
    const committed = JSON.parse(readFileSync(KEY_FILE_URL, 'utf8')) as { verifier: object };
    const path = join(folder, `keys-${codeHash.slice(2, 10)}.json`);
    const changed = { ...committed, proofSystemId: PROOF_SYSTEM_ID, verifier: { ...committed.verifier, codeHash } };
    writeFileSync(path, JSON.stringify(changed));
    return pathToFileURL(path);
  };

  const probesOf = (
    changes: Partial<L1ProbeDeps> & {
      readonly settings?: Partial<Config>;
      readonly place?: object;
      readonly now?: bigint;
    } = {},
  ) => {
    const { settings = {}, place = {}, now, ...deps } = changes;
    const { committer, prover, executor } = stage.accounts;
    const config = configIn(folder, {
      'chain.batchIntervalSeconds': Number(INTERVAL),
      'chain.priorityDeadlineSeconds': Number(DEADLINE),
      ...settings,
    });
    const time = Number(now ?? 1_800_000_100n) * 1000;
    const probes = createL1Probes({
      config,
      client: createPublicClient({ transport: http(stage.anvil.url, { retryCount: 0 }), cacheTime: 0 }),
      clock: { ...systemClock, now: () => time },
      foundation: () => ({
        genesis: { chainId: CHAIN_ID, context: { batchIntervalSeconds: INTERVAL } } as never,
        place: { ...stage.deployment, ...place },
      }),
      keys: () => ({ commit: committer, prove: prover, execute: executor }) as never,
      keyFile,
      ...deps,
    });
    // Their prerequisites are other probes; here they are given.
    const given = ['configuration', 'keys', 'genesis'].map(
      (name): Probe => ({ name, advice: '', look: () => well('') }),
    );
    return [...given, ...probes];
  };

  it('is well when it is', async () => {
    const reports = await run(probesOf());
    expect(reports.filter(({ finding }) => finding.state !== 'well')).toEqual([]);
    expect(reports).toHaveLength(8);
  });

  it.each([
    ['another network', { settings: { 'l1.chainId': 5 } }, 'Ethereum node', /31337 instead of 5/],
    [
      'no answer',
      { client: createPublicClient({ transport: http('http://127.0.0.1:9', { retryCount: 0 }) }) },
      'Ethereum node',
      /HTTP request failed/,
    ],
    ['this clock behind', { now: 1_799_990_000n }, 'clock', /ahead of this machine/],
    ['a node that is behind', { now: 1_800_100_000n }, 'clock', /s old/],
    [
      'no contract',
      { place: { governor: '0x00000000000000000000000000000000000000dd' } },
      'contracts',
      /no contract at .*governor/,
    ],
    ['another bridge', { place: { bridge: '0x5FbDB2315678afecb367f032d93F642f64180aa3' } }, 'contracts', /.+/],
    [
      'another deadline',
      { settings: { 'chain.priorityDeadlineSeconds': 9_999 } },
      'contracts',
      /priority deadline is 7200 s/,
    ],
    [
      'another wrapped ether than clients are told',
      { settings: { 'l1.weth': `0x${'11'.repeat(20)}` } },
      'contracts',
      /names 0x0{40} as wrapped ether/,
    ],
  ] as const)('finds %s', async (_name, changes, name, text) => {
    const finding = findingOf(await run(probesOf(changes)), name);
    expect(finding).toMatchObject({
      state: 'ill',
      text: expect.stringMatching(text),
      advice: expect.stringMatching(/\w{3}/),
    });
  });

  it('finds keys without their roles, and without ether', async () => {
    const { stranger, prover, executor } = stage.accounts;
    const keys = () => ({ commit: stranger, prove: prover, execute: executor }) as never;
    expect(findingOf(await run(probesOf({ keys })), 'settlement keys')).toMatchObject({
      state: 'ill',
      text: expect.stringMatching(/does not hold COMMITTER_ROLE$/),
    });
    await stage.tentatively(async () => {
      await stage.client.setBalance({ address: prover.address, value: 1n });
      expect(findingOf(await run(probesOf()), 'settlement keys')).toMatchObject({
        state: 'ill',
        text: expect.stringContaining('has 1 wei left'),
      });
    });
  });

  it('finds a verifier whose code is not the published one, and one that is not registered', async () => {
    const other = await run(probesOf({ keyFile: keyFileWith(`0x${'12'.repeat(32)}`) }));
    expect(findingOf(other, 'verifier')).toMatchObject({
      state: 'ill',
      advice: expect.stringMatching(/Do not settle/),
    });
    const unregistered = await run(probesOf({ keyFile: KEY_FILE_URL }));
    expect(findingOf(unregistered, 'verifier')).toMatchObject({
      state: 'ill',
      advice: expect.stringMatching(/governance add/),
    });
  });

  it('finds a chain that governance has halted', async () => {
    await stage.tentatively(async () => {
      await stage.send({ who: 'guardian', to: 'chain', fn: 'halt' });
      expect(findingOf(await run(probesOf()), 'contracts')).toMatchObject({
        state: 'ill',
        text: expect.stringContaining('halted'),
      });
    });
  });
});

describe('identity provider', () => {
  let server: Server;
  let issuer: string;
  let answer: () => { status: number; body: unknown };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { status, body } = request.url === '/keys' ? { status: 200, body: { keys: [] } } : answer();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server?.close());
  const document = () => ({
    issuer,
    authorization_endpoint: `${issuer}/a`,
    token_endpoint: `${issuer}/t`,
    jwks_uri: `${issuer}/keys`,
  });
  const look = async (at = issuer) => {
    const [report] = await run([
      {
        ...createIdentityProbes(configIn(folder, { 'oidc.providers': [providerConfig({ issuer: at })] }), {
          fetch,
        })[0]!,
        needs: [],
      },
    ]);
    return report!.finding;
  };

  it.each([
    ['well', () => ({ status: 200, body: document() })],
    ['ill', () => ({ status: 404, body: {} })],
    ['ill', () => ({ status: 200, body: { issuer } })],
    ['ill', () => ({ status: 200, body: { ...document(), issuer: 'https://other.example' } })],
    ['ill', () => ({ status: 200, body: { ...document(), jwks_uri: `${issuer}/none` } })],
  ])('is %s (%#)', async (state, given) => {
    let first = true;
    answer = () => {
      if (!first) return { status: 500, body: {} };
      first = false;
      return given();
    };
    expect((await look()).state).toBe(state);
  });

  it('is ill when nothing answers', async () => {
    expect(await look('http://127.0.0.1:9')).toMatchObject({ state: 'ill' });
  });
});

describe('the machine', () => {
  const looksOf = async (config: Config, names: readonly string[]) => {
    const probes = createProbes(config, { environment: {}, clock: systemClock, log: silent, fetch });
    return run(probes.filter(({ name }) => names.includes(name)));
  };

  it('finds keys that were never made, makes none, and finds one that is gone', async () => {
    const config = configIn(join(folder, 'fresh'));
    const [, keys] = await looksOf(config, ['configuration', 'keys']);
    expect(keys!.finding).toMatchObject({ state: 'ill', text: expect.stringContaining('not made yet') });
    expect(statesOf(await looksOf(config, ['configuration', 'keys', 'store', 'genesis']))).toMatchObject({
      keys: 'ill',
      store: 'unknown',
      genesis: 'ill',
    });
    await openKeys(config, foldersOf(config), {});
    expect(statesOf(await looksOf(config, ['configuration', 'keys']))).toMatchObject({ keys: 'well' });
    rmSync(join(foldersOf(config).keys, 'salt'));
    expect(findingOf(await looksOf(config, ['configuration', 'keys']), 'keys')).toMatchObject({
      state: 'ill',
      text: expect.stringContaining('salt is gone'),
    });
  });

  it('finds a key that others can read', async () => {
    const path = join(folder, 'open-key');
    writeFileSync(path, `${'11'.repeat(32)}\n`);
    chmodSync(path, 0o644);
    const config = configIn(join(folder, 'open'), { 'keys.denialKeyFile': path });
    expect(findingOf(await looksOf(config, ['configuration', 'keys']), 'keys')).toMatchObject({
      state: 'ill',
      advice: expect.stringContaining('chmod 600'),
    });
    chmodSync(path, 0o600);
    expect(findingOf(await looksOf(config, ['configuration', 'keys']), 'keys').state).toBe('well');
  });

  it('authenticates a store, notices that a node holds it, and finds a wrong key-encryption key', async () => {
    const config = configIn(join(folder, 'store'));
    await found(config);
    const names = ['configuration', 'keys', 'policy', 'genesis', 'store'];
    const life = await openLife(config);
    await life.open();
    expect(findingOf(await looksOf(config, names), 'store')).toMatchObject({
      state: 'well',
      text: expect.stringContaining('running node'),
    });
    await life.stop();
    expect(findingOf(await looksOf(config, names), 'store')).toMatchObject({
      state: 'well',
      text: expect.stringContaining('authenticated'),
    });
    for (const name of ['kek', 'salt', 'policy-salt']) {
      const path = join(foldersOf(config).keys, name);
      const key = readFileSync(path);
      rmSync(path);
      // A start does not make another one over a store that is kept under the lost one.
      await expect(openKeys(config, foldersOf(config), {})).rejects.toMatchObject({ code: 'NODE_KEYS' });
      expect(existsSync(path)).toBe(false);
      writeFileSync(path, key, { mode: 0o600 });
    }
    writeFileSync(join(foldersOf(config).keys, 'kek'), `${'0123456789abcdef'.repeat(4)}\n`, { mode: 0o600 });
    expect(findingOf(await looksOf(config, names), 'store')).toMatchObject({
      state: 'ill',
      text: expect.stringContaining('STORE_KEK_WRONG'),
    });
  });

  it('refuses an unsafe configuration first, and looks at nothing that stands on it', async () => {
    const config = configIn(folder, { mode: 'production' });
    const reports = await looksOf(config, ['configuration', 'keys', 'store', 'Ethereum node', 'contracts']);
    expect(statesOf(reports)).toEqual({
      configuration: 'ill',
      keys: 'unknown',
      store: 'unknown',
      'Ethereum node': 'unknown',
      contracts: 'unknown',
    });
  });

  it('finds a processor that cannot hash in vectors', async () => {
    const [fast] = await run([createHashProbe()]);
    expect(fast!.finding.state).toBe('well');
    const [slow] = await run([createHashProbe(() => createReferenceEngine(createHashMemory(0).memory))]);
    expect(slow!.finding).toMatchObject({ state: 'ill', text: expect.stringContaining('plain integers') });
  });

  it('finds a full disk', async () => {
    const folders = foldersOf(configIn(folder));
    const [roomy] = await run([createDiskProbe({ folders })]);
    expect(roomy!.finding.text).toMatch(/GiB free/);
    const [full] = await run([createDiskProbe({ folders: { ...folders, cache: '/proc/nothing' } })]);
    expect(full!.finding).toMatchObject({ state: 'ill', text: expect.stringMatching(/^0\.0 GiB free/) });
  });
});
