/** What a thing that does not exist answers: the answer to a denied read of a thing that does (G5). */
export const ABSENT = {
  balance: '0x0',
  nonce: '0x0',
  code: '0x',
  storage: `0x${'0'.repeat(64)}`,
  transaction: null,
  receipt: null,
  block: null,
  logs: [],
  outcome: null,
  count: null,
} as const;

export type AbsentKind = keyof typeof ABSENT;

export const absentAnswer = <K extends AbsentKind>(kind: K): (typeof ABSENT)[K] => ABSENT[kind];
