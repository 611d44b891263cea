export const padded = <T>(rows: readonly T[], length: number, padding: T): T[] => [
  ...rows,
  ...Array<T>(length - rows.length).fill(padding),
];
