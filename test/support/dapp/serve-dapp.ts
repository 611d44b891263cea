import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rolldown } from 'rolldown';

export interface Dapp {
  readonly origin: string;
  readonly redirectUri: string;
  /** What the pages are told; may be changed while it runs. */
  settings: { clientId: string; chainId: number; apiUrl: string };
  close(): Promise<void>;
}

/** The application on a port of its own, which is another origin than the node's. */
export async function serveDapp(): Promise<Dapp> {
  const scripts = new Map([
    ['/app.js', await bundle('app.js')],
    ['/callback.js', await bundle('callback.js')],
  ]);
  const page = (script: string) =>
    `<!doctype html><title>dApp</title><body><script type="module" src="${script}"></script>`;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const script = scripts.get(path);
    if (script !== undefined) response.setHeader('content-type', 'text/javascript').end(script);
    else if (path === '/settings.json') response.end(JSON.stringify(dapp.settings));
    else if (path === '/') response.setHeader('content-type', 'text/html').end(page('/app.js'));
    else if (path === '/auth/callback') response.setHeader('content-type', 'text/html').end(page('/callback.js'));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const dapp: Dapp = {
    origin,
    redirectUri: `${origin}/auth/callback`,
    settings: { clientId: 'dapp', chainId: 0, apiUrl: '' },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return dapp;
}

async function bundle(file: string): Promise<string> {
  const made = await rolldown({ input: `${import.meta.dirname}/${file}`, platform: 'browser', logLevel: 'silent' });
  try {
    const { output } = await made.generate({ format: 'esm', codeSplitting: false });
    return output[0].code;
  } finally {
    await made.close();
  }
}
