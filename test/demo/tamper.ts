/** The bundle with one bit of its salt changed: still well formed, no longer true. */
export function tamperBundle(text: string): string {
  const bundle = JSON.parse(text) as { salt: string };
  const last = (Number.parseInt(bundle.salt.slice(-1), 16) ^ 1).toString(16);
  return JSON.stringify({ ...bundle, salt: bundle.salt.slice(0, -1) + last });
}
