import {
  endLeftovers,
  type LaunchedNode,
  type NodeProcess,
  type NodeProcessOptions,
  startNodeProcess,
} from './node-process.ts';

/** Starts the node of the story again and again, and ends whatever runs of it, started up or not. */
export interface NodeRunner {
  start(): Promise<NodeProcess>;
  end(): Promise<void>;
}

const stopTimeoutMs = 60_000;

export function createNodeRunner(options: NodeProcessOptions): NodeRunner {
  let launched: LaunchedNode | undefined;
  return {
    start: () =>
      startNodeProcess({
        ...options,
        onLaunch(node) {
          launched = node;
        },
      }),
    async end() {
      if (launched === undefined) return;
      const node = launched;
      node.send('SIGINT');
      const timer = setTimeout(() => node.send('SIGKILL'), stopTimeoutMs);
      await node.exited;
      clearTimeout(timer);
      endLeftovers(options.dataDir, node.pid);
    },
  };
}
