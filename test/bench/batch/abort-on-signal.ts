/** Aborts when a person or the system asks this process to end. */
export function abortOnSignal(): AbortSignal {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => abort.abort(new Error(`stopped by ${name}`)));
  }
  return abort.signal;
}
