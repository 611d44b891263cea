import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Hex, keccak256, pad, parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_BIT } from '../../src/chain/constants.ts';
import { balanceOf, loginByProvider, loginByWallet, RpcError } from '../demo/api-session.ts';
import { sendRequest, signRequest, type Wallet, waitForReceipt } from '../demo/send-transaction.ts';
import { BASE_TOKEN, withdrawData } from '../demo/system-contracts.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { allFiles, findLeaks, formsOf, type Planted } from '../support/leak-search.ts';
import { admit } from './admit.ts';
import { type DevNode, startDevNode } from './dev-node.ts';

const bytesOf = (hex: Hex): Uint8Array => Buffer.from(hex.slice(2), 'hex');
const newcomers = 4;
const paymentsEach = 6;

/**
 * G6 for the whole node: nothing of the chain's own business in any file that the process writes. Exceptions: the folder of the Ethereum node
 * (the bridge is public), the genesis file (published), the keys' folder of development, the cache (circuits and contracts).
 */
describe('what the disk of a busy node shows', () => {
  let node: DevNode;
  const secrets: Planted[] = [];
  const keep = (name: string, hex: Hex): void => void secrets.push({ name, bytes: bytesOf(hex) });
  const keepText = (name: string, text: string): void => void secrets.push({ name, bytes: Buffer.from(text) });
  const searched = (): string[] => {
    const outside = [join(node.dataDir, 'l1'), join(node.dataDir, 'keys'), join(node.dataDir, 'genesis.json')];
    return allFiles(node.folder).filter((file) => !outside.some((path) => file.startsWith(path)));
  };

  beforeAll(async () => {
    node = await startDevNode();
  }, 300_000);
  afterAll(() => node?.dispose());

  it('is busy: admissions, deposits, payments, withdrawals, refusals, logins', async () => {
    const [registrar, second] = [await node.wallet('registrar-1'), await node.wallet('registrar-2')];
    const people: Wallet[] = [];
    for (let i = 0; i < newcomers; i++) {
      const account = privateKeyToAccount(generatePrivateKey());
      keep(`address ${i}`, account.address);
      const hash = await admit(registrar, second.account, account.address, 1n << BigInt(ROLE_BIT.CUSTOMER));
      keep(`admission ${i}`, hash);
      expect((await waitForReceipt(registrar.session, hash)).status).toBe('0x1');
      const session = await loginByWallet(node.url, account);
      keepText(`token ${i}`, session.token);
      people.push({ account, session });
    }
    // From an account that has ether on Ethereum, for a newcomer: public on the bridge, but not in our files.
    const sponsor = await node.wallet('customer-a');
    for (const { account } of people) await node.l1.deposit(sponsor.account, parseEther('200'), account.address);
    for (const { account, session } of people) {
      const credited = async () => (await balanceOf(session, account.address)) > 0n || undefined;
      await waitUntil('the deposit is credited', credited, { timeoutMs: 60_000 });
    }
    for (let round = 0; round < paymentsEach; round++) {
      for (const [i, from] of people.entries()) {
        const to = people[(i + 1 + (round % (newcomers - 1))) % newcomers]!;
        const amount: Hex = `0x${randomBytes(8).toString('hex')}`;
        // With two of the zeros before it, as it stands in any number of 10 bytes or more.
        keep(`amount ${round}/${i}`, pad(amount, { size: 10 }));
        keepText(`amount ${round}/${i} in decimal`, BigInt(amount).toString());
        keepText(`amount ${round}/${i} in hex`, amount.slice(2));
        const raw = await signRequest(from, { to: to.account.address, value: BigInt(amount) });
        keep(`raw ${round}/${i}`, raw);
        keep(`hash ${round}/${i}`, keccak256(raw));
        await from.session.rpc('eth_sendRawTransaction', [raw]);
      }
    }
    const [first] = people;
    const data = withdrawData(second.account.address);
    keep('withdrawal', await sendRequest(first!, { to: BASE_TOKEN, value: 10n ** 15n, data }));
    const stranger = privateKeyToAccount(generatePrivateKey()).address;
    keep('stranger', stranger);
    const refused = await sendRequest(first!, { to: stranger, value: 1n }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RpcError);
    keepText('auditor token', (await loginByProvider(node.url, 'auditor')).token);
    const wallets = await first!.session.get<{ token: string }>('/api/wallet/personal-rpc-token');
    keepText('wallet token', wallets.body.token);
    const { committed } = await node.l1.counts();
    const sealed = async () => (await node.l1.counts()).committed >= committed + 2 || undefined;
    await waitUntil('the batch is sealed', sealed, { timeoutMs: 60_000 });
  }, 180_000);

  it('shows none of it: running, killed, started again and stopped', async () => {
    const look = (when: string) => expect([when, findLeaks(searched(), secrets)]).toEqual([when, []]);
    look('running');
    await node.process.kill();
    look('killed');
    await node.restart();
    look('started again');
    await node.process.stop();
    look('stopped');
    const files = searched();
    for (const ending of ['privity.sqlite', 'anchor', '.enc', 'node.log']) {
      expect(
        files.some((file) => file.endsWith(ending)),
        `a file ${ending} is searched`,
      ).toBe(true);
    }
    const forms = formsOf(bytesOf(`0x${'11'.repeat(20)}`)).size;
    console.info(`leak search: ${secrets.length} values in ${forms} forms, ${files.length} files`);
  }, 180_000);

  it('finds what is planted', () => {
    const planted = secrets.find(({ name }) => name === 'hash 0/0')!;
    appendFileSync(node.logFile, `{"hash":"0x${Buffer.from(planted.bytes).toString('hex')}"}\n`);
    const archive = searched().find((file) => file.endsWith('.enc'))!;
    appendFileSync(archive, secrets.find(({ name }) => name === 'address 1')!.bytes);
    expect(findLeaks(searched(), secrets).map(({ value, form }) => `${value}: ${form}`)).toEqual(
      expect.arrayContaining(['hash 0/0: big-endian hex', 'address 1: big-endian bytes']),
    );
  });
});
