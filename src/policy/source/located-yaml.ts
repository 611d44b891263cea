/**
 * YAML with positions. Anchors, aliases and custom tags are refused: a reviewer must see what stands there. Hex integers stay text, because an
 * unquoted address would otherwise become a rounded number.
 */

import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { PolicyIssue } from './issue.ts';

export interface LocatedYaml {
  readonly value: unknown;
  readonly issues: readonly PolicyIssue[];
  /** Position of the value at `path`, or of its nearest existing parent; with `key`, of the key itself. */
  locate(path: readonly (string | number)[], key?: string): { readonly line: number; readonly column: number };
}

export const policyFileBytesMax = 8 * 1024 * 1024;

export function readLocatedYaml(text: string): LocatedYaml {
  const lines = new LineCounter();
  const issues: PolicyIssue[] = [];
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fail = (offset: number, message: string) => issues.push({ code: 'SYNTAX', message, path: [], ...at(offset) });
  if (Buffer.byteLength(text) > policyFileBytesMax) {
    fail(0, `the file is larger than ${policyFileBytesMax} bytes`);
    return { value: undefined, issues, locate: () => ({ line: 1, column: 1 }) };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    version: '1.2',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !('format' in tag) || tag.format !== 'HEX'),
  });
  for (const error of [...document.errors, ...document.warnings])
    fail(error.pos[0], error.message.split('\n')[0] ?? '');
  visit(document, {
    Alias: (_, node) => void fail(node.range?.[0] ?? 0, 'aliases are not allowed'),
    Node: (_, node) => {
      if ('anchor' in node && node.anchor) fail(node.range?.[0] ?? 0, 'anchors are not allowed');
      if (node.tag !== undefined && !isStandardTag(node.tag))
        fail(node.range?.[0] ?? 0, `tag ${node.tag} is not allowed`);
    },
  });

  const locate: LocatedYaml['locate'] = (path, key) => {
    let node: unknown = document.contents;
    let offset = offsetOf(node);
    for (const step of path) {
      const child = childOf(node, step);
      if (child === undefined) break;
      node = child;
      offset = offsetOf(node) ?? offset;
    }
    if (key !== undefined && isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
      offset = offsetOf(pair?.key) ?? offset;
    }
    return at(offset ?? 0);
  };
  return { value: issues.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 }), issues, locate };
}

const isStandardTag = (tag: string): boolean => tag.startsWith('tag:yaml.org,2002:');

function offsetOf(node: unknown): number | undefined {
  return (node as Partial<Node> | undefined | null)?.range?.[0];
}

function childOf(node: unknown, step: string | number): unknown {
  if (typeof node !== 'object' || node === null || !('get' in node) || typeof node.get !== 'function') return undefined;
  return node.get(step, true);
}
