import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { rpcError } from '../errors.ts';
import { itemFacts } from '../json-rpc/answer/item-fields.ts';
import { addressSchema, hashSchema } from '../json-rpc/schema/primitives.ts';
import type { AuditSink, ChainReader, Disclosures, PolicySource } from '../port.ts';
import { parseInput } from './parse-input.ts';
import { requireLogin } from './require-login.ts';

const hashParams = z.object({ hash: hashSchema });
const addressParams = z.object({ address: addressSchema });

/** Proof bundles (G9) of what the caller may see in full; everything else is not found. */
export function disclosureRoutes(
  app: FastifyInstance,
  deps: { chain: Pick<ChainReader, 'itemByHash'>; disclosures: Disclosures; policy: PolicySource; audit: AuditSink },
): void {
  const { chain, disclosures, audit } = deps;

  app.get('/api/disclosure/transactions/:hash', async (request) => {
    const { principal } = requireLogin(request);
    const { hash } = parseInput(hashParams, request.params);
    const policy = deps.policy.current();
    const look = policy.authorizeRead(principal, { kind: 'method', method: 'eth_getTransactionByHash' });
    const located = 'permit' in look ? await chain.itemByHash(hash, look.permit) : undefined;
    if (located === undefined) throw rpcError('NOT_FOUND');
    const transaction = itemFacts(located.item);
    const seen = policy.decideRead(principal, { kind: 'transaction', transaction });
    const authorization = policy.authorizeRead(principal, { kind: 'transaction', transaction });
    const whole = seen.allow && seen.view === 'full' && 'permit' in authorization;
    const bundle = whole ? await disclosures.transaction(hash, authorization.permit) : undefined;
    if (bundle === undefined) throw rpcError('NOT_FOUND');
    audit.record({
      actor: principal.subject,
      action: 'disclosure.transaction',
      resource: `0x${hash.toString(16).padStart(64, '0')}`,
      detail: {},
    });
    return bundle;
  });

  app.get('/api/disclosure/balances/:address', async (request) => {
    const { principal } = requireLogin(request);
    const { address } = parseInput(addressParams, request.params);
    const authorization = deps.policy.current().authorizeRead(principal, { kind: 'account', address });
    const bundle = 'permit' in authorization ? await disclosures.balance(address, authorization.permit) : undefined;
    if (bundle === undefined) throw rpcError('NOT_FOUND');
    audit.record({
      actor: principal.subject,
      action: 'disclosure.balance',
      resource: `0x${address.toString(16).padStart(40, '0')}`,
      detail: {},
    });
    return bundle;
  });
}
