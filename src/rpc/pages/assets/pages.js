/** Runs on the sign-in and consent pages: what only the browser can do, which is to talk to a wallet (EIP-1193, EIP-6963). */

const element = (id) => document.getElementById(id);
const announced = [];
window.addEventListener('eip6963:announceProvider', (event) => {
  announced.push(event.detail.provider);
  showWallet();
});
window.dispatchEvent(new Event('eip6963:requestProvider'));

const wallet = () => window.ethereum ?? announced[0];

function say(text) {
  const status = element('status');
  if (status !== null) status.textContent = text;
}

/** Codes of EIP-1193: 4001, the person refused. */
const reasonOf = (error) =>
  error?.code === 4001
    ? 'You refused it in the wallet. Nothing was sent.'
    : (error?.message ?? 'The wallet did not answer.');

async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return response.status === 204 ? undefined : response.json();
  const answer = await response.json().catch(() => undefined);
  throw new Error(answer?.error?.message ?? `The server answered ${response.status}.`);
}

const hexOf = (text) =>
  `0x${Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;

async function signIn() {
  say('');
  const [address] = await wallet().request({ method: 'eth_requestAccounts' });
  if (address === undefined) throw new Error('The wallet has no account. Unlock it or make one, then try again.');
  const { msg, nonceToken } = await post('/api/siwe-messages', { address, domain: window.location.host });
  const signature = await wallet().request({ method: 'personal_sign', params: [hexOf(msg), address] });
  await post('/auth/wallet', { message: msg, signature, nonceToken });
  window.location.reload();
}

/** Runs at a click, with the button out of use meanwhile. */
function onClick(button, task) {
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await task();
    } catch (error) {
      say(reasonOf(error));
    } finally {
      button.disabled = false;
    }
  });
}

function showWallet() {
  if (wallet() === undefined) return;
  const button = element('wallet-sign-in');
  if (button !== null) {
    button.hidden = false;
    element('no-wallet').hidden = true;
  }
  if (element('network') !== null) void checkNetwork();
}

async function checkNetwork() {
  const { chainId } = element('network').dataset;
  const current = await wallet()
    .request({ method: 'eth_chainId' })
    .catch(() => undefined);
  const isRight = typeof current === 'string' && BigInt(current) === BigInt(chainId);
  element('allow').disabled = !isRight;
  element('network-switch').hidden = isRight;
  element('network-text').hidden = isRight;
}

/** Adds the chain with the person's own RPC URL; the wallet asks the person about it. */
async function addNetwork() {
  say('');
  const { chainId, chainName } = element('network').dataset;
  try {
    await wallet().request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] });
  } catch (error) {
    if (error?.code === 4001) throw error;
    const response = await fetch('/api/wallet/personal-rpc-token');
    if (!response.ok) throw new Error('Your login has ended. Load this page again.');
    const { token } = await response.json();
    const network = {
      chainId,
      chainName,
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: [`${window.location.origin}/rpc/wallet/${token}`],
    };
    await wallet().request({ method: 'wallet_addEthereumChain', params: [network] });
  }
  await checkNetwork();
}

const signInButton = element('wallet-sign-in');
if (signInButton !== null) onClick(signInButton, signIn);
const networkButton = element('network-switch');
if (networkButton !== null) onClick(networkButton, addNetwork);
showWallet();
