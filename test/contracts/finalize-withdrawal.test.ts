import { encodeFunctionData, type Hex } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../src/chain/message.ts';
import { flipBit } from './batches.ts';
import { messageArgs, provenBatchWith, siblingsOf, withdrawal } from './messages.ts';
import { ABIS, ECHO_REVERT_CODE, hex32, openStage, type Stage } from './stage.ts';

/** A withdrawal is paid once, to whom the batch says and to nobody else. "Proven" is set by storage, as in execute.test.ts. */

const RECIPIENT: Hex = `0x${'c0de'.repeat(10)}`;
const REFUSING: Hex = `0x${'dead'.repeat(10)}`;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

const finalize = (message: Message, siblings: readonly Hex[]) =>
  ({ who: 'stranger', to: 'bridge', fn: 'finalizeWithdrawal', args: [messageArgs(message), siblings] }) as const;

async function executed(messages: readonly Message[], depositWei = 1_000n) {
  await stage.send({
    who: 'customer',
    to: 'bridge',
    fn: 'depositETH',
    args: [stage.addressOf('customer')],
    value: depositWei,
  });
  const { stored, hashes } = await provenBatchWith(stage, messages);
  await stage.send({ who: 'executor', to: 'chain', fn: 'execute', args: [stored, hashes] });
  return hashes;
}
const balanceOf = (address: Hex) => stage.client.getBalance({ address });

describe('a withdrawal is paid', () => {
  test('to its recipient, whoever calls, and the supply goes down', async () => {
    const messages = [
      withdrawal(1n, 0, RECIPIENT, 100n),
      withdrawal(1n, 1, RECIPIENT, 30n),
      withdrawal(1n, 2, RECIPIENT, 7n),
    ];
    const hashes = await executed(messages);
    for (const index of [2, 0, 1]) {
      const receipt = await stage.send(finalize(messages[index]!, siblingsOf(hashes, index)));
      expect(receipt.events).toMatchObject([
        { eventName: 'WithdrawalFinalized', args: { batchNumber: 1n, index, amount: messages[index]!.amount } },
      ]);
      expect(await stage.read('bridge', 'isWithdrawalFinalized', [1n, index])).toBe(true);
    }
    expect(await balanceOf(RECIPIENT)).toBe(137n);
    expect(await stage.read('bridge', 'supply')).toBe(863n);
    expect(await balanceOf(stage.deployment.bridge)).toBe(863n);
  });

  test('even when another recipient of the batch refuses its own', async () => {
    await stage.client.setCode({ address: REFUSING, bytecode: ECHO_REVERT_CODE });
    const messages = [withdrawal(1n, 0, REFUSING, 100n), withdrawal(1n, 1, RECIPIENT, 30n)];
    const hashes = await executed(messages);
    expect(await stage.refusal(finalize(messages[0]!, siblingsOf(hashes, 0)))).toBe('FailedCall');
    await stage.send(finalize(messages[1]!, siblingsOf(hashes, 1)));
    // Not lost either: paid once it can take money.
    await stage.client.setCode({ address: REFUSING, bytecode: '0x' });
    await stage.send(finalize(messages[0]!, siblingsOf(hashes, 0)));
    expect(await balanceOf(REFUSING)).toBe(100n);
  });

  test('at every position of a full batch', async () => {
    const messages = Array.from({ length: 256 }, (_, i) => withdrawal(1n, i, RECIPIENT, 1n));
    const hashes = await executed(messages);
    for (const index of [0, 1, 127, 128, 254, 255])
      await stage.send(finalize(messages[index]!, siblingsOf(hashes, index)));
    expect(await balanceOf(RECIPIENT)).toBe(6n);
  });
});

describe('a withdrawal is refused', () => {
  test('the second time', async () => {
    const messages = [withdrawal(1n, 0, RECIPIENT, 100n), withdrawal(1n, 1, RECIPIENT, 100n)];
    const hashes = await executed(messages);
    await stage.send(finalize(messages[0]!, siblingsOf(hashes, 0)));
    expect(await stage.refusal(finalize(messages[0]!, siblingsOf(hashes, 0)))).toBe('WithdrawalAlreadyFinalized');
    await stage.send(finalize(messages[1]!, siblingsOf(hashes, 1)));
  });

  test('to a recipient that calls back for more', async () => {
    const message = withdrawal(1n, 0, REFUSING, 10n);
    const other = withdrawal(1n, 1, REFUSING, 10n);
    const hashes = await executed([message, other]);
    const again = (m: Message, i: number) =>
      encodeFunctionData({
        abi: ABIS.bridge,
        functionName: 'finalizeWithdrawal',
        args: [messageArgs(m), siblingsOf(hashes, i)],
      });
    for (const [reentered, index] of [
      [message, 0],
      [other, 1],
    ] as const) {
      await stage.client.setCode({
        address: REFUSING,
        bytecode: callerCode(stage.deployment.bridge, again(reentered, index)),
      });
      expect(await stage.refusal(finalize(message, siblingsOf(hashes, 0)))).toBe('ReentrancyGuardReentrantCall');
    }
    expect(await balanceOf(REFUSING)).toBe(0n);
  });

  test('before its batch is executed', async () => {
    const message = withdrawal(1n, 0, RECIPIENT, 1n);
    const { hashes } = await provenBatchWith(stage, [message]);
    expect(await stage.refusal(finalize(message, siblingsOf(hashes, 0)))).toBe('BatchHasNoMessages');
  });

  test('when one bit of any field or of the proof differs', async () => {
    const messages = Array.from({ length: 5 }, (_, i) => withdrawal(1n, i, RECIPIENT, 10n + BigInt(i)));
    const hashes = await executed(messages);
    const index = 3;
    const message = messages[index]!;
    const siblings = siblingsOf(hashes, index);
    const flips: [keyof Message, RegExp][] = [
      ['batch', /BatchHasNoMessages/],
      ['index', /InvalidMessageProof|InvalidMessageIndex/],
      ['sender', /InvalidMessageSender/],
      ['recipient', /InvalidMessageProof/],
      ['token', /Erc20NotSupported/],
      ['amount', /InvalidMessageProof/],
    ];
    for (const [field, refused] of flips) {
      for (const bit of [0, 5, 9, 31]) {
        const old = message[field];
        const flipped = typeof old === 'number' ? (old ^ (1 << bit)) >>> 0 : old ^ (1n << BigInt(bit));
        expect(await stage.refusal(finalize({ ...message, [field]: flipped }, siblings)), `${field} ${bit}`).toMatch(
          refused,
        );
      }
    }
    for (let level = 0; level < 8; level++) {
      for (const bit of [0, 255]) {
        const changed = siblings.map((h, i) => (i === level ? flipBit({ h }, 'h', bit).h : h));
        expect(await stage.refusal(finalize(message, changed)), `level ${level}`).toBe('InvalidMessageProof');
      }
    }
    await stage.send(finalize(message, siblings));
  });

  test("with another message's proof, or an inner node opened as a leaf", async () => {
    const messages = [withdrawal(1n, 0, RECIPIENT, 1n), withdrawal(1n, 1, RECIPIENT, 2n)];
    const hashes = await executed(messages);
    expect(await stage.refusal(finalize(messages[0]!, siblingsOf(hashes, 1)))).toBe('InvalidMessageProof');
    expect(await stage.refusal(finalize({ ...messages[0]!, index: 1 }, siblingsOf(hashes, 1)))).toBe(
      'InvalidMessageProof',
    );
    const shifted = [...siblingsOf(hashes, 0).slice(1), hex32(0n)];
    expect(await stage.refusal(finalize(messages[0]!, shifted))).toBe('InvalidMessageProof');
  });

  test('for ETH that another contract than 0x...800A speaks of, though the batch holds the message', async () => {
    const message = { ...withdrawal(1n, 0, RECIPIENT, 1n), sender: 0x10004n };
    const hashes = await executed([message]);
    expect(await stage.refusal(finalize(message, siblingsOf(hashes, 0)))).toBe('InvalidMessageSender');
  });

  test('for an ERC-20, though the batch holds the message', async () => {
    const message = { ...withdrawal(1n, 0, RECIPIENT, 1n), sender: 0x10004n, token: 0x1234567n };
    const hashes = await executed([message]);
    expect(await stage.refusal(finalize(message, siblingsOf(hashes, 0)))).toBe('Erc20NotSupported');
  });

  test('beyond what the bridge holds', async () => {
    const message = withdrawal(1n, 0, RECIPIENT, 1_001n);
    const hashes = await executed([message]);
    expect(await stage.refusal(finalize(message, siblingsOf(hashes, 0)))).toBe('Panic');
  });

  test('while the chain is halted', async () => {
    const message = withdrawal(1n, 0, RECIPIENT, 1n);
    const hashes = await executed([message]);
    await stage.send({ who: 'guardian', to: 'chain', fn: 'halt' });
    expect(await stage.refusal(finalize(message, siblingsOf(hashes, 0)))).toBe('ChainHalted');
    await stage.govern('chain', 'resume', [], true);
    await stage.send(finalize(message, siblingsOf(hashes, 0)));
  });
});

/** Code that calls `target` with `data` and passes its revert on. */
function callerCode(target: Hex, data: Hex): Hex {
  const length = ((data.length - 2) / 2).toString(16).padStart(4, '0');
  // codecopy(0, offset, length); ok = call(gas, target, 0, 0, length, 0, 0); if (!ok) revert with its data
  const head = (offset: string) =>
    `61${length}61${offset}5f395f5f61${length}5f5f73${target.slice(2)}5af1${'15'}61${'JJJJ'}57005b3d5f5f3e3d5ffd`;
  const size = head('0000').length / 2;
  const jump = (head('0000').indexOf('005b') / 2 + 1).toString(16).padStart(4, '0');
  return `0x${head(size.toString(16).padStart(4, '0')).replace('JJJJ', jump)}${data.slice(2)}`;
}
