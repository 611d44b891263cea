import type { BrowserContext } from 'playwright-core';
import { type Hex, hexToString, type LocalAccount } from 'viem';

export interface InjectedWallet {
  /** The chain the wallet is on. */
  chainId: Hex;
  /** What the person says to the next requests for a signature. */
  agrees: boolean;
  /** Method names in the order in which pages asked. */
  readonly asked: string[];
  /** Networks that pages had added. */
  readonly networks: Record<string, unknown>[];
}

/** A browser wallet (EIP-1193) in every page of the context, which signs with this account. */
export async function injectWallet(context: BrowserContext, account: LocalAccount): Promise<InjectedWallet> {
  const wallet: InjectedWallet = { chainId: '0x1', agrees: true, asked: [], networks: [] };
  const answer = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    switch (method) {
      case 'eth_requestAccounts':
      case 'eth_accounts':
        return [account.address];
      case 'eth_chainId':
        return wallet.chainId;
      case 'personal_sign':
        if (!wallet.agrees) throw { code: 4001, message: 'User rejected the request.' };
        return account.signMessage({ message: hexToString(params[0] as Hex) });
      case 'wallet_switchEthereumChain':
        if (!wallet.networks.some(({ chainId }) => chainId === (params[0] as { chainId: Hex }).chainId))
          throw { code: 4902, message: 'Unrecognized chain.' };
        wallet.chainId = (params[0] as { chainId: Hex }).chainId;
        return null;
      case 'wallet_addEthereumChain':
        wallet.networks.push(params[0] as Record<string, unknown>);
        wallet.chainId = (params[0] as { chainId: Hex }).chainId;
        return null;
      default:
        throw { code: 4200, message: 'Unsupported method.' };
    }
  };
  await context.exposeFunction('askWallet', async (text: string) => {
    const { method, params } = JSON.parse(text) as { method: string; params?: readonly unknown[] };
    wallet.asked.push(method);
    return answer(method, params ?? []).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
  });
  await context.addInitScript(`
    window.ethereum = {
      async request(request) {
        const { result, error } = await window.askWallet(JSON.stringify(request));
        if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
        return result;
      },
    };
  `);
  return wallet;
}
