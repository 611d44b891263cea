import type { AuditSink } from '../port.ts';
import { itemFields } from './answer/item-fields.ts';
import type { VisibleItem } from './answer/visible-block.ts';
import type { CallContext } from './method.ts';

/** Reads of another's data go into the audit log (G8): one row a request, and only when something of another's was answered. */
export interface ForeignReads {
  account(address: bigint, method: string, context: CallContext): void;
  items(items: readonly Pick<VisibleItem, 'item'>[], resource: string, method: string, context: CallContext): void;
}

export function createForeignReads(deps: { audit: AuditSink }): ForeignReads {
  const record = (resource: string, method: string, { principal, permit }: CallContext) =>
    deps.audit.record({
      actor: principal.subject,
      action: 'read.foreign',
      resource,
      detail: { method, rule: permit.ruleId },
    });
  return {
    account(address, method, context) {
      if (!context.principal.wallets.includes(address))
        record(`0x${address.toString(16).padStart(40, '0')}`, method, context);
    },
    items(items, resource, method, context) {
      const { wallets } = context.principal;
      const foreign = items.some(({ item }) => {
        const { from, to } = itemFields(item);
        return !wallets.includes(from) && (to === undefined || !wallets.includes(to));
      });
      if (foreign) record(resource, method, context);
    },
  };
}
