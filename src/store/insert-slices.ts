/**
 * Cuts rows into slices of `max`, then of ever smaller powers of two: an insert of n rows is a statement of its own, and SQLite keeps each
 * one prepared, at a good kilobyte a row.
 */
export function* insertSlices<T>(rows: readonly T[], max: number): Generator<readonly T[], void, undefined> {
  let size = 2 ** Math.floor(Math.log2(max));
  for (let at = 0; at < rows.length; at += size) {
    while (size > rows.length - at) size /= 2;
    yield rows.slice(at, at + size);
  }
}
