import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock } from '../../base/clock.ts';

interface Row {
  payload: AdapterPayload;
  readonly expiresAt: number;
}

const rowsMax = 10_000;

/** Storage of the development provider: in memory, bounded, gone at a restart (its keys are not). */
export function createMemoryAdapters(deps: { clock: Clock }): (model: string) => Adapter {
  const rows = new Map<string, Row>();
  const now = () => deps.clock.now();
  const live = (key: string): Row | undefined => {
    const row = rows.get(key);
    if (row === undefined || row.expiresAt > now()) return row;
    rows.delete(key);
    return undefined;
  };
  return (model) => {
    const keyOf = (id: string) => `${model}:${id}`;
    const findBy = (test: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const key of rows.keys()) {
        const row = key.startsWith(`${model}:`) ? live(key) : undefined;
        if (row !== undefined && test(row.payload)) return row.payload;
      }
      return undefined;
    };
    return {
      async upsert(id, payload, expiresInSeconds) {
        rows.delete(keyOf(id));
        rows.set(keyOf(id), { payload, expiresAt: now() + (expiresInSeconds ?? 3600) * 1000 });
        if (rows.size > rowsMax) rows.delete(rows.keys().next().value!);
      },
      find: async (id) => live(keyOf(id))?.payload,
      findByUid: async (uid) => findBy((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => findBy((payload) => payload.userCode === userCode),
      async consume(id) {
        const row = live(keyOf(id));
        if (row !== undefined) row.payload = { ...row.payload, consumed: Math.floor(now() / 1000) };
      },
      destroy: async (id) => void rows.delete(keyOf(id)),
      async revokeByGrantId(grantId) {
        for (const [key, row] of rows) if (row.payload.grantId === grantId) rows.delete(key);
      },
    };
  };
}
