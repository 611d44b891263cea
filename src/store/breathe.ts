/**
 * Lets timers and sockets run between two pages of a long read. SQLite answers synchronously, so a loop of awaits over it would never leave
 * the microtask queue, and requests would wait for its end.
 */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
