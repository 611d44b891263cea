/** A list and a policy, from files to PolicyGovernor, as two people run the commands (G3): sent, printed, refused. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { createRootsProbe } from '../../src/node/doctor/roots-probe.ts';
import { privityBridgeAbi } from '../../src/settlement/abi/privity-bridge.ts';
import { proposalId, setListRootCall } from '../../src/settlement/governance.ts';
import { DELAY, hex32, openStage, type Stage, testAccount, testKey, type Who } from '../contracts/stage.ts';
import { readPolicyFile } from '../policy/fixtures.ts';
import { runCommand } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-governance-'));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const list = write('list.txt', `0x${'a1'.repeat(20)}\n0x${'b2'.repeat(20)} # why\n`);
const policy = write('policy.yaml', readPolicyFile('minimal.yaml'));
const salt = write('salt', '11'.repeat(32));
const key = (who: Who): string => write(`key-${who}`, testKey(who));

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true });
});

const place = () => ['--governor', stage.deployment.governor, '--bridge', stage.deployment.bridge];
const listArgs = (...more: string[]) => [list, '--list', '1', '--salt', salt, ...place(), ...more];
const policyArgs = (...more: string[]) => [policy, '--salt', salt, ...place(), ...more];
const as = (who: Who) => ['--l1', stage.anvil.url, '--key', key(who)];
const wait = async (seconds: bigint) => stage.setTime((await stage.now()) + seconds);
const rootIn = (text: string): Hex => /root (0x[0-9a-f]{64})/.exec(text)![1] as Hex;
const queued = () => stage.read<bigint>('bridge', 'priorityQueueLength');

describe('a list root', () => {
  it('is proposed, approved, waited for and queued as an operation of this list and root', async () => {
    const { text } = await runCommand('list root', [list, '--list', '1', '--salt', salt]);
    const proposed = await runCommand('list propose', listArgs(...as('maker')));
    expect(proposed).toMatchObject({ status: 0, text: expect.stringContaining('state: not approved') });
    expect(rootIn(proposed.text)).toBe(rootIn(text));
    expect(proposed.text).toContain('2 members');
    const approved = await runCommand('list approve', listArgs(...as('checker')));
    expect(approved.text).toMatch(/state: approved, executable from \d{4}-/);
    await wait(DELAY);
    const executed = await runCommand('list execute', listArgs(...as('stranger')));
    expect(executed.text).toContain('state: executed');
    const events = await stage.client.getContractEvents({
      address: stage.deployment.bridge,
      abi: privityBridgeAbi,
      eventName: 'PriorityOperationQueued',
      fromBlock: 0n,
    });
    expect(events.map(({ args }) => args)).toMatchObject([{ kind: 3, a: hex32(1n), b: rootIn(text) }]);
  });

  it('is named by the contract as it is by us', async () => {
    const call = setListRootCall(stage.deployment.bridge, 7n, 99n, 3n);
    const id = await stage.read<Hex>('governor', 'proposalId', [call.target, call.data, call.salt]);
    expect(proposalId(call)).toBe(id);
  });

  it('is printed for any wallet when there is no key', async () => {
    for (const [step, who] of [
      ['propose', 'maker'],
      ['approve', 'checker'],
    ] as const) {
      const { text } = await runCommand(`list ${step}`, listArgs());
      const [, to, data] = /^ {2}to {3}(0x\w+)\n {2}data (0x[0-9a-f]+)$/m.exec(text)!;
      expect(to).toBe(stage.deployment.governor);
      const account = testAccount(who).address;
      await stage.client.impersonateAccount({ address: account });
      const hash = await stage.wallet.sendTransaction({ account, chain: null, to: to as Hex, data: data as Hex });
      expect((await stage.client.waitForTransactionReceipt({ hash })).status).toBe('success');
    }
    const { text } = await runCommand('list execute', listArgs('--l1', stage.anvil.url));
    expect(text).toContain('state: approved');
  });
});

describe('what Ethereum refuses is named, and nothing is sent', () => {
  const refusal = (sent: Promise<unknown>) =>
    sent.then(
      () => 'accepted',
      (error: Error) => error.message,
    );

  it.each([
    ['a proposal by somebody who may not', 'propose', 'stranger', 'AccessControlUnauthorizedAccount'],
    ['an approval by the maker', 'approve', 'maker', 'AccessControlUnauthorizedAccount'],
    ['an approval of what nobody proposed', 'approve', 'checker', 'ProposalUnknown'],
    ['an execution of it', 'execute', 'stranger', 'TimelockUnexpectedOperationState'],
  ] as const)('%s', async (_what, step, who, reason) => {
    const before = await stage.client.getTransactionCount({ address: testAccount(who).address });
    const message = await refusal(runCommand(`list ${step}`, listArgs(...as(who))));
    expect(message).toMatch(new RegExp(`^L1_GOVERNANCE_REFUSED: .*${reason}`));
    expect(await stage.client.getTransactionCount({ address: testAccount(who).address })).toBe(before);
    expect(await queued()).toBe(0n);
  });

  it('an approval of other members than were proposed, and a second proposal of the same without a number', async () => {
    await runCommand('list propose', listArgs(...as('maker')));
    const other = write('other.txt', `0x${'a1'.repeat(20)}\n`);
    const args = [other, ...listArgs(...as('checker')).slice(1)];
    expect(await refusal(runCommand('list approve', args))).toContain('ProposalUnknown');
    expect(await refusal(runCommand('list propose', listArgs(...as('maker'))))).toContain('ProposalExists');
    expect((await runCommand('list propose', listArgs(...as('maker'), '--number', '1'))).status).toBe(0);
  });

  it('an execution before the delay has passed', async () => {
    await runCommand('list propose', listArgs(...as('maker')));
    await runCommand('list approve', listArgs(...as('checker')));
    await wait(DELAY - 10n);
    expect(await refusal(runCommand('list execute', listArgs(...as('stranger'))))).toContain(
      'TimelockUnexpectedOperationState',
    );
  });

  it('a bridge that this governor does not govern, and a governor that is none', async () => {
    const args = listArgs(...as('maker'));
    const swapped = args.map((arg) => (arg === stage.deployment.bridge ? stage.deployment.chain : arg));
    expect(await refusal(runCommand('list propose', swapped))).toMatch(/L1_GOVERNANCE_REFUSED: .*governs the bridge/);
    const none = args.map((arg) => (arg === stage.deployment.governor ? testAccount('customer').address : arg));
    expect(await refusal(runCommand('list propose', none))).toContain('L1_GOVERNANCE_REFUSED');
  });

  it('a list without members, a list id that is none and a key without its node', async () => {
    const empty = write('empty.txt', '# nobody\n');
    const args = [empty, ...listArgs().slice(1)];
    expect(await refusal(runCommand('list propose', args))).toContain('POLICY_LIST_INVALID');
    expect(await runCommand('list root', [list, '--list', '0', '--salt', salt])).toMatchObject({ status: 2 });
    expect(await runCommand('list propose', listArgs('--key', key('maker')))).toMatchObject({ status: 2 });
    expect(await runCommand('list propose', listArgs('--number', 'one'))).toMatchObject({ status: 2 });
  });
});

describe('the doctor', () => {
  const look = (changes: Partial<Config> = {}) => {
    const probe = createRootsProbe({
      config: loadConfig({ environment: {}, overrides: { 'policy.file': policy, ...changes } }),
      client: stage.client as never,
      foundation: () => ({ place: stage.deployment }),
      keys: () => ({ policySalt: new Secret(new Uint8Array(32).fill(0x11)) }),
    });
    return probe.look(new AbortController().signal);
  };

  it('names a proposed root that no file has, from the proposal on, and is content once there is one', async () => {
    expect(await look()).toEqual({ state: 'well', text: '0 on Ethereum, all among the files' });
    await runCommand('list propose', listArgs(...as('maker')));
    expect(await look()).toMatchObject({ state: 'ill', text: expect.stringMatching(/^proposed: list 1 root 0x/) });
    await runCommand('list approve', listArgs(...as('checker')));
    expect(await look()).toMatchObject({ state: 'ill', text: expect.stringMatching(/^approved: list 1 root 0x/) });
    expect(await look({ 'policy.listFiles': [`2=${list}`] })).toMatchObject({ state: 'ill' });
    expect(await look({ 'policy.listFiles': [`1=${list}`] })).toMatchObject({
      state: 'well',
      text: expect.stringMatching(/^1 on/),
    });
  });

  it('knows the policies it was given, and lets go of what was rejected or has run out', async () => {
    const tighter = write('tighter.yaml', readPolicyFile('minimal.yaml').replaceAll('250 ether', '1 ether'));
    const args = [tighter, ...policyArgs(...as('maker')).slice(1)];
    const { text } = await runCommand('policy propose', args);
    expect(await look()).toMatchObject({ state: 'ill', text: expect.stringContaining('proposed: policy root') });
    expect(await look({ 'policy.moreFiles': [tighter] })).toMatchObject({ state: 'well' });
    const id = /^proposal (0x\w+)$/m.exec(text)![1];
    await stage.tentatively(async () => {
      await stage.send({ who: 'checker', to: 'governor', fn: 'reject', args: [id] });
      expect(await look()).toMatchObject({ state: 'well' });
    });
    await wait(15n * 86_400n);
    expect(await look()).toMatchObject({ state: 'well' });
  });
});

describe('a policy root', () => {
  it('goes the same way, and is that of `policy check`', async () => {
    const { text } = await runCommand('policy check', [policy, '--salt', salt]);
    const { text: words } = await runCommand('policy propose', policyArgs(...as('maker')));
    expect(rootIn(words)).toBe(rootIn(text));
    await runCommand('policy approve', policyArgs(...as('checker2')));
    await wait(DELAY);
    await runCommand('policy execute', policyArgs(...as('customer')));
    expect(await queued()).toBe(1n);
    const [, , root] = await stage.read<[Hex, bigint, Hex]>('bridge', 'priorityEntry', [0n]);
    expect(root).toBe(rootIn(text));
  });

  it('is not approved by a person who proposed it under another role', async () => {
    await runCommand('policy propose', policyArgs(...as('maker')));
    await expect(runCommand('policy approve', policyArgs(...as('maker2')))).rejects.toThrow('L1_GOVERNANCE_REFUSED');
  });
});
