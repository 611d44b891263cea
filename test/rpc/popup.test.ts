import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Chromium, describeInBrowser, openChromium } from '../support/chromium.ts';
import { type Dapp, serveDapp } from '../support/dapp/serve-dapp.ts';
import { type InjectedWallet, injectWallet } from '../support/injected-wallet.ts';
import { ETHER, type RpcWorld, startRpcWorld, WORLD_CHAIN_ID } from '../support/rpc-world.ts';

const shots = process.env['PRIVITY_SCREENSHOTS'];
if (shots !== undefined) mkdirSync(shots, { recursive: true });
const shoot = async (page: Page, name: string) => {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
};

/** The public SDK's browser client, unmodified, against the sign-in page in a real browser. */
describeInBrowser('the popup of the public SDK', () => {
  let world: RpcWorld;
  let dapp: Dapp;
  let chromium: Chromium;
  let wallet: InjectedWallet;
  const problems: string[] = [];

  beforeAll(async () => {
    dapp = await serveDapp();
    world = await startRpcWorld({
      options: { applications: [{ clientId: 'dapp', redirectUris: [dapp.redirectUri] }] },
    });
    dapp.settings = { clientId: 'dapp', chainId: Number(WORLD_CHAIN_ID), apiUrl: world.url };
    chromium = await openChromium();
    wallet = await injectWallet(chromium.context, world.people.alice);
    chromium.context.on('weberror', (error) => problems.push(error.error().message));
    chromium.context.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) problems.push(message.text());
    });
  });
  afterAll(async () => {
    await chromium?.close();
    await world?.close();
    await dapp?.close();
  });
  afterEach(async () => {
    await chromium.context.clearCookies();
    for (const page of chromium.context.pages()) await page.close();
    dapp.settings = { ...dapp.settings, clientId: 'dapp' };
    wallet.agrees = true;
    expect(problems.splice(0)).toEqual([]);
  });

  const openDapp = async (): Promise<Page> => {
    const page = await chromium.context.newPage();
    await page.goto(dapp.origin);
    await page.waitForFunction("document.title === 'ready'");
    return page;
  };
  const openPopup = async (page: Page, options = '{}'): Promise<Page> => {
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate(`dapp.authorize(${options})`)]);
    await popup.waitForLoadState();
    return popup;
  };
  const outcomeOf = (page: Page) => page.evaluate('outcome') as Promise<{ token?: string; error?: string }>;

  it('signs a person in at the identity provider, asks, and hands over a session of its own', async () => {
    const page = await openDapp();
    const popup = await openPopup(page);
    await shoot(popup, 'sign-in');
    await popup.click('#provider-sign-in');
    await popup.click('button[value="customer"]');
    await popup.waitForSelector('#allow');
    await shoot(popup, 'consent');
    expect(await popup.textContent('dl')).toContain('Customer');
    const seen: string[] = [];
    popup.on('request', (request) => seen.push(request.url()));
    await popup.click('#allow');
    const { token, error } = await outcomeOf(page);
    expect(error).toBeUndefined();
    expect(token).toMatch(/^[\w-]{43}$/);
    await expect.poll(() => popup.isClosed()).toBe(true);
    // The token went behind a hash: no server was asked for an address with it.
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((url) => url.split('#')[0]!.includes(token!))).toEqual([]);
    expect(world.logLines.filter((line) => line.includes(token!))).toEqual([]);
    const cookies = await chromium.context.cookies(world.url);
    expect(cookies.find(({ name }) => name === 'privity_session')?.value).not.toBe(token);
    expect(await page.evaluate('dapp.prividium.isAuthorized()')).toBe(true);
    expect(await page.evaluate('dapp.prividium.fetchUser()')).toMatchObject({ displayName: 'Customer', wallets: [] });
    expect(world.audit).toContainEqual(
      expect.objectContaining({ action: 'auth.application_authorized', resource: 'dapp' }),
    );
  });

  it('signs a wallet in; the page then reads, announces and adds the network as the SDK does it', async () => {
    const { alice, bob } = world.people;
    const page = await openDapp();
    const popup = await openPopup(page, "{ scopes: ['wallet:required', 'network:required'] }");
    await popup.click('#wallet-sign-in');
    await popup.waitForSelector('#network-switch:visible');
    await shoot(popup, 'network');
    expect(await popup.isDisabled('#allow')).toBe(true);
    await popup.click('#network-switch');
    await popup.waitForSelector('#allow:enabled');
    expect(wallet.chainId).toBe(`0x${WORLD_CHAIN_ID.toString(16)}`);
    expect(wallet.networks.at(-1)).toMatchObject({
      rpcUrls: [expect.stringMatching(new RegExp(`^${world.url}/rpc/wallet/[\\w-]{43}$`))],
    });
    await popup.click('#allow');
    expect((await outcomeOf(page)).error).toBeUndefined();

    const account = JSON.stringify(alice.address);
    expect(await page.evaluate(`dapp.client(${account}).getBalance({ address: ${account} }).then(String)`)).toBe(
      (1000n * ETHER).toString(),
    );
    expect(await page.evaluate(`dapp.client(${account}).getBalance({ address: '${bob.address}' }).then(String)`)).toBe(
      '0',
    );
    expect(await page.evaluate('dapp.prividium.fetchUser()')).toMatchObject({
      wallets: [{ walletAddress: alice.address }],
    });
    const announced = `{ walletAddress: ${account}, toAddress: '${bob.address}', nonce: 0, value: 1n }`;
    expect(await page.evaluate(`dapp.prividium.authorizeTransaction(${announced})`)).toMatchObject({
      activeUntil: expect.any(String),
    });
    expect(
      await page.evaluate("dapp.prividium.fetchContractAbi('0x000000000000000000000000000000000000800A')"),
    ).toMatchObject({ name: 'Base token' });
    // A page that is loaded again has the token in two places, and the SDK sends both.
    await page.reload();
    await page.waitForFunction("document.title === 'ready'");
    expect(await page.evaluate(`dapp.client(${account}).getTransactionCount({ address: ${account} })`)).toBe(0);
    await page.evaluate('dapp.prividium.addNetworkToWallet()');
    expect(wallet.networks.at(-1)).toMatchObject({ chainName: 'Test chain' });
    expect(await page.evaluate('dapp.prividium.invalidateWalletToken()')).toMatch(/^[\w-]{43}$/);
  });

  it('tells the application when its session has been revoked', async () => {
    const page = await openDapp();
    const popup = await openPopup(page);
    await popup.click('#wallet-sign-in');
    await popup.click('#allow');
    expect((await outcomeOf(page)).error).toBeUndefined();
    await world.access.users.endSessions(world.access.users.byWallet(world.people.alice.address)!.id);
    await expect(page.evaluate('dapp.prividium.fetchUser()')).rejects.toThrow();
    expect(await page.evaluate('[dapp.expiries, dapp.prividium.isAuthorized()]')).toEqual([1, false]);
  });

  it('gives an application none of the rights of staff', async () => {
    const page = await openDapp();
    const popup = await openPopup(page);
    await popup.click('#provider-sign-in');
    await popup.click('button[value="auditor"]');
    await popup.click('#allow');
    const { token } = await outcomeOf(page);
    expect(await page.evaluate('dapp.prividium.fetchUser()')).toMatchObject({ displayName: 'Auditor', roles: [] });
    expect((await world.get('/api/audit/batches/1', token)).status).toBe(404);
    // Nor can it hand itself on.
    const again = await fetch(`${world.url}/auth/authorize`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${token}`,
        origin: world.url,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `client_id=dapp&redirect_uri=${encodeURIComponent(dapp.redirectUri)}&state=12345678&response_type=token&decision=allow`,
    });
    expect([again.status, again.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/auth\/authorize\?/)]);
  });

  it('goes back without a token when the person says no', async () => {
    const page = await openDapp();
    const popup = await openPopup(page);
    await popup.click('#cancel');
    expect(await outcomeOf(page)).toEqual({ error: 'No token received' });
  });

  it('lets the person take another account', async () => {
    const page = await openDapp();
    const popup = await openPopup(page);
    await popup.click('#wallet-sign-in');
    await popup.click('button[value="switch"]');
    await popup.click('#provider-sign-in');
    await popup.click('button[value="customer"]');
    await popup.click('#allow');
    expect((await outcomeOf(page)).error).toBeUndefined();
    expect(await page.evaluate('dapp.prividium.fetchUser()')).toMatchObject({ displayName: 'Customer' });
  });

  it('says what to do when a wallet is required and none is there', async () => {
    const page = await openDapp();
    const popup = await openPopup(page, "{ scopes: ['wallet:required'] }");
    await popup.click('#provider-sign-in');
    await popup.click('button[value="customer"]');
    await popup.waitForSelector('h1:has-text("A wallet is needed")');
    await shoot(popup, 'wallet-needed');
    expect(await popup.$('#allow')).toBeNull();
  });

  it('says what to do when the person refuses in the wallet, and tries again when asked', async () => {
    const page = await openDapp();
    const popup = await openPopup(page);
    wallet.agrees = false;
    await popup.click('#wallet-sign-in');
    await popup.waitForSelector('#status:has-text("You refused it in the wallet")');
    wallet.agrees = true;
    await popup.click('#wallet-sign-in:enabled');
    await popup.waitForSelector('#allow');
  });

  it('shows an error page to an application that is not registered, and sends it nothing', async () => {
    dapp.settings = { ...dapp.settings, clientId: 'somebody-else' };
    const page = await openDapp();
    const popup = await openPopup(page);
    expect(await popup.textContent('main')).toContain('not registered here');
    await shoot(popup, 'refused');
    expect(new URL(popup.url()).origin).toBe(world.url);
    await popup.close();
    expect(await outcomeOf(page)).toEqual({ error: 'Authentication was cancelled' });
  });

  it('cannot be framed by another page, and runs nothing that is not its own', async () => {
    const page = await openDapp();
    const url = `${world.url}/auth/authorize?client_id=dapp&redirect_uri=${encodeURIComponent(dapp.redirectUri)}&state=12345678&response_type=token`;
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(url)} }))`,
    );
    await expect.poll(() => problems.splice(0).join()).toMatch(/frame-ancestors/);
    const own = await chromium.context.newPage();
    await own.goto(url);
    await own.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.planted = 1' }))",
    );
    await expect.poll(() => problems.splice(0).join()).toMatch(/script-src/);
    expect(await own.evaluate('window.planted')).toBeUndefined();
  });
});
