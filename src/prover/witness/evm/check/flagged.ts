import { holds } from './constraint.ts';

/** The opcode whose flag is set in a row, or undefined for an unused row. */
export function flagged<K extends string>(
  flags: Readonly<Record<K, number>>,
  row: Readonly<Record<NoInfer<K>, boolean>>,
  table: string,
): number | undefined {
  const set = (Object.keys(flags) as K[]).filter((flag) => row[flag]);
  holds(set.length <= 1, `${table}: two operations in a row`);
  const [flag] = set;
  return flag === undefined ? undefined : flags[flag];
}
