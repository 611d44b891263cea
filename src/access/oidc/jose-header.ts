/** The header of a signed token whose signature has been verified already; undefined when there is none (RFC 7515). */
export function decodeJoseHeader(token: string): { readonly alg: string } | undefined {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString('utf8'));
  return typeof header === 'object' && header !== null && 'alg' in header && typeof header.alg === 'string'
    ? { alg: header.alg }
    : undefined;
}
