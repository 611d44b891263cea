/** `docs/errors.md` as data: a heading for each layer, below it a table with a row for each code. */

export interface DocumentedError {
  readonly answers: string;
  readonly publicText: string;
  readonly meaning: string;
  readonly remedy: string;
}

export type ErrorDocument = ReadonlyMap<string, ReadonlyMap<string, DocumentedError>>;

interface Spec {
  readonly httpStatus: number;
  readonly rpcCode: number;
  readonly publicText: string;
}

const HEADING = /^## `([a-z-]+)`/;
const ROW = /^\| `([A-Z0-9_]+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/;

export function readErrorDocument(text: string): ErrorDocument {
  const layers = new Map<string, Map<string, DocumentedError>>();
  let rows: Map<string, DocumentedError> | undefined;
  for (const line of text.split('\n')) {
    const layer = HEADING.exec(line)?.[1];
    if (layer !== undefined) {
      rows = new Map();
      layers.set(layer, rows);
    }
    const row = ROW.exec(line);
    if (row === null) continue;
    const [, code, answers, publicText, meaning, remedy] = row as unknown as string[];
    if (rows === undefined || rows.has(code!))
      throw new Error(`docs/errors.md: ${code} stands twice or above all headings`);
    rows.set(code!, { answers: answers!, publicText: publicText!, meaning: meaning!, remedy: remedy! });
  }
  return layers;
}

/** Both ways: what the code has and the document lacks or tells otherwise, and the reverse. */
export function differencesOf(
  catalogues: ReadonlyMap<string, Readonly<Record<string, Spec>>>,
  document: ErrorDocument,
): string[] {
  const found: string[] = [];
  for (const [layer, specs] of catalogues) {
    const rows = document.get(layer);
    if (rows === undefined) found.push(`layer ${layer} is not documented`);
    for (const [code, spec] of Object.entries(specs)) {
      const row = rows?.get(code);
      if (row === undefined) {
        found.push(`${layer} ${code} is not documented`);
        continue;
      }
      if (row.publicText !== spec.publicText) found.push(`${code}: the document has another public text`);
      if (row.answers !== `${spec.httpStatus}, ${spec.rpcCode}`) found.push(`${code}: the document has other answers`);
      if (row.meaning.trim() === '' || row.remedy.trim() === '') found.push(`${code}: meaning or remedy is empty`);
    }
  }
  for (const [layer, rows] of document) {
    const specs = catalogues.get(layer);
    for (const code of rows.keys()) if (specs?.[code] === undefined) found.push(`${layer} ${code} does not exist`);
  }
  return found;
}
