import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ReadPermit } from '../../policy/port.ts';
import { rpcError } from '../errors.ts';
import type { AuditSink, BatchAudit, JsonObject, PolicySource } from '../port.ts';
import { parseInput } from './parse-input.ts';
import { requireLogin } from './require-login.ts';

const paramsSchema = z.object({
  number: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .transform((text) => BigInt(text)),
});

/** What auditors check: a batch's roots and L1 transactions, and the proof run again. Who asked is recorded. */
export function auditBatchRoutes(
  app: FastifyInstance,
  deps: { batches: BatchAudit; policy: PolicySource; audit: AuditSink },
): void {
  const route = (read: (batch: bigint, permit: ReadPermit) => Promise<JsonObject | undefined>, action: string) =>
    async function answer(request: FastifyRequest): Promise<JsonObject> {
      const { principal } = requireLogin(request);
      const { number } = parseInput(paramsSchema, request.params);
      const authorization = deps.policy.current().authorizeRead(principal, { kind: 'audit' });
      const found = 'permit' in authorization ? await read(number, authorization.permit) : undefined;
      if (found === undefined) throw rpcError('NOT_FOUND');
      deps.audit.record({ actor: principal.subject, action, resource: `batch ${number}`, detail: {} });
      return found;
    };
  app.get('/api/audit/batches/:number', route(deps.batches.describe, 'audit.batch_read'));
  app.get('/api/audit/batches/:number/verify', route(deps.batches.verify, 'audit.batch_verified'));
}
