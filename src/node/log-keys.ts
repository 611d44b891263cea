/** Under which keys a log is filed, and which key finds what an audience may see. Both are made here, so that they cannot differ. */

import { bigIntToBytes } from '../base/bytes.ts';
import type { Block, BlockItem } from '../chain/block.ts';
import type { Log } from '../chain/log.ts';
import type { LogAudience } from '../policy/port.ts';
import { itemFields } from '../rpc/json-rpc/answer/item-fields.ts';

const PARTY = 1;
const EVENT = 2;

/** `kind (1) || address (32)`, for events with `given topics as bits (1)` and each of those (32). */
export const keyOfAudience = (audience: LogAudience): Uint8Array =>
  audience.kind === 'party' ? partyKey(audience.address) : eventKey(audience.address, audience.topics);

/** Every key of every audience that sees a log of this block, each once. */
export function logKeysOf({ items }: Pick<Block, 'items'>): Uint8Array[] {
  const keys = new Map<string, Uint8Array>();
  for (const item of items) for (const key of keysOfItem(item)) keys.set(Buffer.from(key).toString('latin1'), key);
  return [...keys.values()];
}

function keysOfItem(item: BlockItem): Uint8Array[] {
  const { logs } = item.result;
  if (logs.length === 0) return [];
  const { from, to } = itemFields(item);
  return [partyKey(from), ...(to === undefined ? [] : [partyKey(to)]), ...logs.flatMap(keysOfLog)];
}

/** A rule may name any of a log's topics: at most 16 choices. */
const keysOfLog = ({ address, topics }: Log): Uint8Array[] =>
  Array.from({ length: 1 << topics.length }, (_, chosen) =>
    eventKey(
      address,
      topics.map((topic, i) => ((chosen >> i) & 1 ? topic : undefined)),
    ),
  );

const partyKey = (address: bigint): Uint8Array => Buffer.concat([Uint8Array.of(PARTY), bigIntToBytes(address, 32)]);

function eventKey(address: bigint, topics: readonly (bigint | undefined)[]): Uint8Array {
  const given = topics.reduce((bits, topic, i) => (topic === undefined ? bits : bits | (1 << i)), 0);
  const words = topics.filter((topic) => topic !== undefined).map((topic) => bigIntToBytes(topic, 32));
  return Buffer.concat([Uint8Array.of(EVENT), bigIntToBytes(address, 32), Uint8Array.of(given), ...words]);
}
