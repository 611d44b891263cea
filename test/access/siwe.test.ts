import { randomBytes } from 'node:crypto';
import { generatePrivateKey, mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { describe, expect, it } from 'vitest';
import { PUBLISHED_KEY_WALLETS } from '../../src/access/siwe/published-keys.ts';
import { Secret } from '../../src/base/secret.ts';
import { type AccessWorld, createAccessWorld, MINUTE, person } from '../support/access-world.ts';

const account = () => privateKeyToAccount(generatePrivateKey());

async function admitted(): Promise<AccessWorld & { wallet: PrivateKeyAccount }> {
  const world = await createAccessWorld();
  const wallet = account();
  world.onChain.set(BigInt(wallet.address), 1n);
  return { ...world, wallet };
}

async function answerOf({ access }: Pick<AccessWorld, 'access'>, wallet: PrivateKeyAccount, signer = wallet) {
  const { msg, nonceToken } = access.siweChallenges.issue({ address: wallet.address }, 'client');
  return { message: msg, signature: await signer.signMessage({ message: msg }), nonceToken };
}

describe('a wallet login', () => {
  it('makes a wallet user, once, with the least of roles', async () => {
    const world = await admitted();
    const user = await world.access.siweLogin.verify(await answerOf(world, world.wallet));
    expect(user).toMatchObject({
      issuer: 'eip155:7107',
      source: 'siwe',
      roles: ['customer'],
      wallets: [world.wallet.address.toLowerCase()],
    });
    const again = await world.access.siweLogin.verify(await answerOf(world, world.wallet));
    expect(again.id).toBe(user.id);
  });

  it('may be under way twice at the first time', async () => {
    const world = await admitted();
    const answers = [await answerOf(world, world.wallet), await answerOf(world, world.wallet)];
    const users = await Promise.all(answers.map((answer) => world.access.siweLogin.verify(answer)));
    expect(users[0]!.id).toBe(users[1]!.id);
  });

  it('says what it is for (EIP-4361)', async () => {
    const world = await admitted();
    const { msg, nonce } = world.access.siweChallenges.issue({ address: world.wallet.address.toLowerCase() }, 'client');
    expect(msg).toContain('bank.example wants you to sign in with your Ethereum account:');
    expect(msg).toContain(`Chain ID: 7107\nNonce: ${nonce}`);
    expect(msg).toContain('Expiration Time: 2026-11-23T10:05:00.000Z');
  });

  it('is refused to an address without a role on chain, and to one that lost it', async () => {
    const world = await admitted();
    const stranger = account();
    await expect(world.access.siweLogin.verify(await answerOf(world, stranger))).rejects.toMatchObject({
      code: 'LOGIN_NOT_PERMITTED',
    });
    await world.access.siweLogin.verify(await answerOf(world, world.wallet));
    world.onChain.delete(BigInt(world.wallet.address));
    await expect(world.access.siweLogin.verify(await answerOf(world, world.wallet))).rejects.toMatchObject({
      code: 'LOGIN_NOT_PERMITTED',
    });
  });

  it('works once for each challenge, also when the two answers race', async () => {
    const world = await admitted();
    const answer = await answerOf(world, world.wallet);
    const results = await Promise.allSettled([
      world.access.siweLogin.verify(answer),
      world.access.siweLogin.verify(answer),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(world.access.siweLogin.verify(answer)).rejects.toMatchObject({ code: 'SIWE_NONCE_USED' });
  });

  it('is used up for another process over the same store too, and stored as a hash', async () => {
    const world = await admitted();
    const { msg, nonce, nonceToken } = world.access.siweChallenges.issue({ address: world.wallet.address }, 'client');
    const answer = { message: msg, signature: await world.wallet.signMessage({ message: msg }), nonceToken };
    await world.access.siweLogin.verify(answer);
    await expect((await world.restart()).siweLogin.verify(answer)).rejects.toMatchObject({ code: 'SIWE_NONCE_USED' });
    expect(JSON.stringify([...world.stores.rows.nonces])).not.toContain(nonce);
  });

  it('expires', async () => {
    const world = await admitted();
    const answer = await answerOf(world, world.wallet);
    world.clock.advance(5 * MINUTE);
    await expect(world.access.siweLogin.verify(answer)).rejects.toMatchObject({ code: 'SIWE_MESSAGE_EXPIRED' });
  });

  it('refuses another key, and a signature that is none', async () => {
    const world = await admitted();
    await expect(world.access.siweLogin.verify(await answerOf(world, world.wallet, account()))).rejects.toMatchObject({
      code: 'SIWE_SIGNATURE_INVALID',
    });
    const answer = await answerOf(world, world.wallet);
    const bad = [
      '',
      '0x',
      `0x${'00'.repeat(65)}`,
      `0x${'ff'.repeat(65)}`,
      answer.signature.slice(0, -2),
      `${answer.signature}00`,
      'x'.repeat(132),
    ];
    for (const signature of bad) {
      await expect(world.access.siweLogin.verify({ ...answer, signature })).rejects.toMatchObject({
        code: 'SIWE_SIGNATURE_INVALID',
      });
    }
    // None of the wrong ones used the challenge up.
    await expect(world.access.siweLogin.verify(answer)).resolves.toBeDefined();
  });

  it('refuses a message of which anything was changed', async () => {
    const world = await admitted();
    const answer = await answerOf(world, world.wallet);
    const later = answer.message.replace('10:05:00', '23:05:00');
    const edits = [
      later,
      answer.message.replace('7107', '1'),
      answer.message.replace('bank.example wants', 'evil.example wants'),
      `${answer.message}\nResources:\n- https://evil.example`,
      answer.message.replace(/Nonce: ./, 'Nonce: z'),
      'hello',
      '',
      'x'.repeat(5000),
    ];
    for (const message of edits) {
      expect(message).not.toBe(answer.message);
      const signature = await world.wallet.signMessage({ message });
      await expect(world.access.siweLogin.verify({ ...answer, message, signature })).rejects.toMatchObject({
        code: 'SIWE_MESSAGE_INVALID',
      });
    }
  });

  it('refuses a message that the wallet made up itself, with any token', async () => {
    const world = await admitted();
    const { nonceToken } = await answerOf(world, world.wallet);
    const message = createSiweMessage({
      domain: 'bank.example',
      address: world.wallet.address,
      uri: 'https://bank.example',
      version: '1',
      chainId: 7107,
      nonce: randomBytes(16).toString('hex'),
      issuedAt: new Date(world.clock.now()),
      expirationTime: new Date(world.clock.now() + MINUTE),
    });
    const signature = await world.wallet.signMessage({ message });
    for (const token of [nonceToken, '', 'AAAA', randomBytes(32).toString('base64url')]) {
      await expect(world.access.siweLogin.verify({ message, signature, nonceToken: token })).rejects.toMatchObject({
        code: 'SIWE_MESSAGE_INVALID',
      });
    }
  });

  it('of another chain with the same keys is refused', async () => {
    const secrets = [new Secret(new Uint8Array(randomBytes(32)))];
    const here = await createAccessWorld({ secrets });
    const there = await createAccessWorld({ secrets, chainId: 1n });
    const wallet = account();
    here.onChain.set(BigInt(wallet.address), 1n);
    await expect(here.access.siweLogin.verify(await answerOf(there, wallet))).rejects.toMatchObject({
      code: 'SIWE_MESSAGE_INVALID',
    });
  });

  it('for a domain that is not, or no longer, on the list is refused', async () => {
    const secrets = [new Secret(new Uint8Array(randomBytes(32)))];
    const world = await createAccessWorld({ secrets });
    expect(() =>
      world.access.siweChallenges.issue({ address: account().address, domain: 'evil.example' }, 'c'),
    ).toThrow(expect.objectContaining({ code: 'SIWE_DOMAIN_REFUSED' }));
    const answer = await answerOf(world, account());
    const later = await createAccessWorld({ secrets, domains: ['new.example'] });
    await expect(later.access.siweLogin.verify(answer)).rejects.toMatchObject({ code: 'SIWE_DOMAIN_REFUSED' });
  });

  it('does not open the session of whom the wallet was given to meanwhile', async () => {
    const world = await admitted();
    const answer = await answerOf(world, world.wallet);
    await world.access.users.save(person('ann', { wallets: [world.wallet.address] }));
    await expect(world.access.siweLogin.verify(answer)).rejects.toMatchObject({ code: 'SIWE_MESSAGE_INVALID' });
    const user = await world.access.siweLogin.verify(await answerOf(world, world.wallet));
    expect(user.subject).toBe('ann');
  });

  it('of a disabled user is refused', async () => {
    const world = await admitted();
    const user = await world.access.siweLogin.verify(await answerOf(world, world.wallet));
    await world.access.users.disable(user.id);
    await expect(world.access.siweLogin.verify(await answerOf(world, world.wallet))).rejects.toMatchObject({
      code: 'LOGIN_NOT_PERMITTED',
    });
  });

  it('that is refused for want of a role on the chain ends the sessions of earlier ones, until there is a role again', async () => {
    const world = await admitted();
    const { access, wallet, onChain } = world;
    const user = await access.siweLogin.verify(await answerOf(world, wallet));
    const { token } = await access.sessions.open(user, 'siwe');
    const { token: url } = await access.walletTokens.current({ userId: user.id });
    const role = onChain.get(BigInt(wallet.address))!;
    onChain.set(BigInt(wallet.address), 0n);
    const refused = access.siweLogin.verify(await answerOf(world, wallet));
    await expect(refused).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    expect([access.sessions.find(token), access.walletTokens.find(url)]).toEqual([undefined, undefined]);
    onChain.set(BigInt(wallet.address), role);
    const again = await access.siweLogin.verify(await answerOf(world, wallet));
    expect([again.id, again.roles]).toEqual([user.id, ['customer']]);
    expect([access.sessions.find(token), access.walletTokens.find(url)]).toEqual([undefined, undefined]);
    expect(access.sessions.find((await access.sessions.open(again, 'siwe')).token)).toBeDefined();
  });

  it('gives challenges alike to known and unknown addresses', async () => {
    const world = await admitted();
    await world.access.siweLogin.verify(await answerOf(world, world.wallet));
    const shape = (address: string) => {
      const { msg, nonceToken } = world.access.siweChallenges.issue({ address }, 'c');
      return [msg.replace(/0x\w{40}/, '').replace(/Nonce: \w+/, ''), nonceToken.length];
    };
    expect(shape(world.wallet.address)).toEqual(shape(account().address));
  });

  it('is limited by address and by where it comes from, so that an owner is not locked out by others', async () => {
    const { access, clock } = await createAccessWorld();
    const { address } = account();
    for (let i = 0; i < 10; i += 1) access.siweChallenges.issue({ address }, 'attacker');
    const attempt = (from: string) => () => access.siweChallenges.issue({ address: address.toLowerCase() }, from);
    expect(attempt('attacker')).toThrow(expect.objectContaining({ code: 'SIWE_TOO_MANY' }));
    expect(attempt('owner')).not.toThrow();
    clock.advance(5 * MINUTE);
    expect(attempt('attacker')).not.toThrow();
  });

  it.each(['', '0x', '0x1234', `0x${'g'.repeat(40)}`, `0x${'1'.repeat(41)}`])(
    'is not for the address %j',
    async (address) => {
      const { access } = await createAccessWorld();
      expect(() => access.siweChallenges.issue({ address }, 'c')).toThrow(
        expect.objectContaining({ code: 'SIWE_ADDRESS_INVALID' }),
      );
    },
  );

  it('by a key that everybody knows is refused, unless development allows it', async () => {
    const mnemonics = [
      ['test test test test test test test test test test test junk', 20],
      ['myth like bonus scare over problem client lizard pioneer submit female collect', 10],
      ['candy maple cake sugar pudding cream honey rich smooth crumble sweet treat', 10],
    ] as const;
    const wallets = mnemonics.flatMap(([mnemonic, count]) =>
      Array.from({ length: count }, (_, addressIndex) => mnemonicToAccount(mnemonic, { addressIndex })),
    );
    const first = Array.from({ length: 16 }, (_, i) =>
      privateKeyToAccount(`0x${(i + 1).toString(16).padStart(64, '0')}`),
    );
    const known = [...wallets, ...first].map(({ address }) => address.toLowerCase());
    expect(known).toEqual([...PUBLISHED_KEY_WALLETS]);
    const issue = (world: AccessWorld) => () =>
      world.access.siweChallenges.issue({ address: wallets[3]!.address }, 'c');
    expect(issue(await createAccessWorld())).toThrow(expect.objectContaining({ code: 'WALLET_IS_PUBLIC_KEY' }));
    expect(issue(await createAccessWorld({ allowPublishedKeys: true }))).not.toThrow();
  });
});
