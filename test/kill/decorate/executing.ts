/** What the store is written for: two decorators look at it. */
export const executing = { again: false };
