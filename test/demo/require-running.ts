import type { NodeProcess } from './node-process.ts';
import { DemoFailure } from './require-that.ts';

/** Ends a wait for something that a node that stopped will not bring. */
export const requireRunning = (node: NodeProcess) => (): void => {
  const exit = node.exit();
  if (exit === undefined) return;
  throw new DemoFailure(`the node stopped by itself (${exit.code ?? exit.signal}); its log is ${node.options.logFile}`);
};
