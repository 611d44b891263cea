import { defineErrors } from '../base/errors.ts';

const rejected = (publicText: string) => ({ httpStatus: 422, rpcCode: -32602, publicText });

/** Why a disclosure bundle is not what it claims to be. */
export const disclosureError = defineErrors('disclosure', {
  BUNDLE_MALFORMED: rejected('The bundle cannot be read: wrong JSON, version or field.'),
  BUNDLE_TRANSACTION: rejected('The transaction in the bundle is not the one whose record the batch holds.'),
  BUNDLE_RECORD: rejected('The record does not lead to the records root of the batch.'),
  BUNDLE_STATE: rejected('The leaf does not lead to the state root of the batch.'),
  BUNDLE_BATCH: rejected('Ethereum knows another batch under this number.'),
  BUNDLE_NOT_FINAL: rejected('The batch is not executed on Ethereum yet.'),
  BUNDLE_CHAIN: rejected('The bundle names another chain or contract than the one asked.'),
});
