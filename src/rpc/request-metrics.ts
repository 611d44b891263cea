import { Counter, Histogram, type Registry } from 'prom-client';

export interface RequestMetrics {
  /** `result` is `ok` or an error code; unknown methods count under one name, or a client could make any number of series. */
  rpc(method: string, result: string, milliseconds: number): void;
  rest(route: string, status: number): void;
}

export function createRequestMetrics(deps: {
  registry: Registry;
  methods: ReadonlyMap<string, unknown>;
}): RequestMetrics {
  const { registry, methods } = deps;
  const registers = [registry];
  const rpcTotal = new Counter({
    name: 'privity_rpc_requests_total',
    help: 'JSON-RPC requests by method and result code.',
    labelNames: ['method', 'result'],
    registers,
  });
  const rpcSeconds = new Histogram({
    name: 'privity_rpc_seconds',
    help: 'Time from request to answer.',
    labelNames: ['method'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const restTotal = new Counter({
    name: 'privity_http_requests_total',
    help: 'HTTP requests other than JSON-RPC, by route and status.',
    labelNames: ['route', 'status'],
    registers,
  });
  return {
    rpc(method, result, milliseconds) {
      const name = methods.has(method) ? method : 'other';
      rpcTotal.inc({ method: name, result });
      rpcSeconds.observe({ method: name }, milliseconds / 1000);
    },
    rest: (route, status) => restTotal.inc({ route, status }),
  };
}
