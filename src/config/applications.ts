/** An application that may ask a person for a token: by its id, and with the token going to no other address than these. */
export interface Application {
  readonly clientId: string;
  readonly redirectUris: readonly string[];
}

const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;
const redirectCharsMax = 512;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** `<client id>=<redirect URI>`, one URI an entry. Throws a RangeError that says what is wrong with an entry. */
export function readApplications(entries: readonly string[]): Application[] {
  const uris = new Map<string, string[]>();
  for (const entry of entries) {
    const cut = entry.indexOf('=');
    const [clientId, uri] = [entry.slice(0, cut), entry.slice(cut + 1)];
    const fault = cut < 0 ? 'no "="' : CLIENT_ID.test(clientId) ? faultOfUri(uri) : 'the client id';
    if (fault !== undefined) throw new RangeError(`${entry.slice(0, 100)}: ${fault}`);
    uris.set(clientId, [...(uris.get(clientId) ?? []), uri]);
  }
  return [...uris].map(([clientId, redirectUris]) => ({ clientId, redirectUris }));
}

/** The token stands in the fragment, so a URI has none; without TLS it may only go to the person's own machine (RFC 8252). */
function faultOfUri(text: string): string | undefined {
  if (text.length > redirectCharsMax || !URL.canParse(text)) return 'not a URL';
  const { href, protocol, hostname, username, password } = new URL(text);
  if (href !== text || /[\s"'<>\\]/.test(text)) return `must be written ${href.slice(0, redirectCharsMax)}`;
  if (username !== '' || password !== '') return 'names a user';
  if (text.includes('#')) return 'has a fragment';
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))) return undefined;
  return 'must be https, or http on localhost';
}
