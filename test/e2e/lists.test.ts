/** G3 from outside: roots of lists and of a policy, proposed by one person and approved by another on Ethereum, come into force in the chain. */

import { readFileSync } from 'node:fs';
import { type Address, parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { balanceOf, RpcError } from '../demo/api-session.ts';
import { sendRequest, type Wallet, waitForReceipt } from '../demo/send-transaction.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { type DevNode, startDevNode } from './dev-node.ts';
import { COUNTERPARTY_LIST, govern, policyWithLists, SANCTIONS, writeIn } from './governance.ts';

describe('roots that two people approve on Ethereum', () => {
  let node: DevNode;
  let [a, b, c]: Wallet[] = [];
  let outsider: Address;
  const files: Record<'counterparties' | 'sanctions' | 'later' | 'policy' | 'tighter', string> = {
    counterparties: '',
    sanctions: '',
    later: '',
    policy: '',
    tighter: '',
  };

  /** `paid`, or what the node says. */
  const pay = async (to: Address, value = 1n): Promise<string> => {
    try {
      const receipt = await waitForReceipt(a!.session, await sendRequest(a!, { to, value }));
      return receipt.status === '0x1' ? 'paid' : 'reverted';
    } catch (error) {
      if (error instanceof RpcError && error.code === -32001) return 'denied';
      throw error;
    }
  };
  const becomes = (what: string, to: Address, answer: string, value?: bigint) =>
    waitUntil(what, async () => (await pay(to, value)) === answer || undefined, { timeoutMs: 60_000, everyMs: 1_000 });

  beforeAll(async () => {
    node = await startDevNode({ PRIVITY_CHAIN_GOVERNANCE_DELAY_SECONDS: '1' }, (folder) => {
      files.policy = writeIn(folder, 'policy.yaml', policyWithLists());
      files.tighter = writeIn(
        folder,
        'tighter.yaml',
        policyWithLists((text) => text.replace('version: 1', 'version: 2').replaceAll('250 ether', '1 ether')),
      );
      return { PRIVITY_POLICY_FILE: files.policy, PRIVITY_POLICY_MORE_FILES: files.tighter };
    });
    [a, b, c] = await Promise.all(['customer-a', 'customer-b', 'customer-c'].map((name) => node.wallet(name)));
    outsider = (await node.wallet('outsider')).account.address;
    files.counterparties = writeIn(node.folder, 'counterparties.txt', `${outsider}\n`);
    files.sanctions = writeIn(node.folder, 'sanctions.txt', `${b!.account.address}\n`);
    files.later = writeIn(node.folder, 'later.txt', `${c!.account.address}\n`);
    // Each payment of 2 ether until the tighter policy is in force is made.
    await node.l1.deposit(a!.account, parseEther('200'));
    const credited = async () => (await balanceOf(a!.session, a!.account.address)) > 0n || undefined;
    await waitUntil('the deposit is credited', credited, { timeoutMs: 60_000 });
  }, 300_000);
  afterAll(() => node?.dispose());

  it('stop a node that was not given the members, before it begins the batch; with them it goes on', async () => {
    expect(await Promise.all([pay(b!.account.address), pay(outsider)])).toEqual(['paid', 'denied']);
    const paid = await sendRequest(a!, { to: b!.account.address, value: 5n });
    await govern(node, 'list', [files.sanctions, '--list', SANCTIONS]);
    await waitUntil('the node ends', async () => node.process.exit(), { timeoutMs: 60_000 });
    expect(node.process.exit()!.code).toBe(1);
    expect(readFileSync(node.logFile, 'utf8')).toContain('HALT_UNKNOWN_LIST');
    await node.restart({
      PRIVITY_POLICY_LIST_FILES: `${SANCTIONS}=${files.sanctions},${COUNTERPARTY_LIST}=${files.counterparties}`,
    });
    [a, b, c] = await Promise.all(['customer-a', 'customer-b', 'customer-c'].map((name) => node.wallet(name)));
    expect((await waitForReceipt(a!.session, paid)).status).toBe('0x1');
  });

  it('deny payments to a member of a deny list and to nobody else', async () => {
    await becomes('payments to a listed address are denied', b!.account.address, 'denied');
    expect(await pay(c!.account.address)).toBe('paid');
  });

  it('permit payments to a member of an allow list, though it has no role', async () => {
    expect(await pay(outsider)).toBe('denied');
    await govern(node, 'list', [files.counterparties, '--list', COUNTERPARTY_LIST]);
    await becomes('payments to a counterparty are permitted', outsider, 'paid');
    expect(await pay(b!.account.address)).toBe('denied');
  });

  it('take a member off a list when another root follows, and replay under both', async () => {
    const both = `${SANCTIONS}=${files.sanctions},${SANCTIONS}=${files.later},${COUNTERPARTY_LIST}=${files.counterparties}`;
    expect(await node.process.stop()).toBe(0);
    await node.restart({ PRIVITY_POLICY_LIST_FILES: both });
    [a, b, c] = await Promise.all(['customer-a', 'customer-b', 'customer-c'].map((name) => node.wallet(name)));
    await govern(node, 'list', [files.later, '--list', SANCTIONS]);
    await becomes('payments to the address that left the list are permitted', b!.account.address, 'paid');
    expect(await pay(c!.account.address)).toBe('denied');
    expect(await node.process.stop()).toBe(0);
    const { PRIVITY_POLICY_LIST_FILES: _, ...environment } = node.options.environment!;
    const without = await node.launchToItsEnd({ environment });
    expect([without.code, /HALT_UNKNOWN_LIST/.test(without.output)]).toEqual([1, true]);
    await node.restart();
    [a, b, c] = await Promise.all(['customer-a', 'customer-b', 'customer-c'].map((name) => node.wallet(name)));
  });

  it('put another policy in force', async () => {
    expect(await pay(b!.account.address, parseEther('2'))).toBe('paid');
    await govern(node, 'policy', [files.tighter]);
    await becomes('the tighter policy is in force', b!.account.address, 'denied', parseEther('2'));
    expect(await pay(b!.account.address, parseEther('0.5'))).toBe('paid');
  });
});
