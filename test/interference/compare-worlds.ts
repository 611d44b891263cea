import { bytesToHex } from '../../src/base/bytes.ts';
import { itemHash } from '../../src/chain/block.ts';
import type { Life } from '../node/node-life.ts';
import { createRandom } from '../policy/random.ts';
import { type HiddenWorld, openHiddenWorld, rawOf, type Services } from './hidden-world.ts';
import { Renaming } from './normalise.ts';
import { PEOPLE } from './people.ts';
import { type DrawnRequest, drawRequest, type Extent } from './requests.ts';

export interface Comparison {
  readonly requests: number;
  /** What was asked and what came back, by name and kind of answer. */
  readonly counts: ReadonlyMap<string, number>;
  /** The first request that two worlds answered differently. */
  readonly difference:
    | { readonly at: number; readonly request: DrawnRequest; readonly answers: readonly string[] }
    | undefined;
}

export interface ComparisonOptions {
  readonly seed: string;
  readonly requests: number;
  /** Requests between two rounds of acts. */
  readonly requestsPerRound?: number;
  readonly weaken?: (services: Services, life: Life) => Services;
  readonly report?: (done: number) => void;
}

const beforehand = 14;

/** The length is that of the body, which is compared. */
const BY_CHANCE = new Set(['date', 'set-cookie', 'content-length']);

/** Two chains that differ only in what is hidden, asked the same by somebody else; ends at the first difference (G5). */
export async function compareWorlds({
  seed,
  requests,
  requestsPerRound = 25,
  weaken,
  report,
}: ComparisonOptions): Promise<Comparison> {
  const random = createRandom(`requests ${seed}`);
  const worlds: HiddenWorld[] = [];
  try {
    for (const name of ['one', 'other']) worlds.push(await openHiddenWorld(createRandom(`${name} ${seed}`), weaken));
    const renamings = worlds.map(() => new Renaming());
    const counts = new Map<string, number>();
    let round = 0;
    const act = async () => {
      for (const world of worlds) await world.act(round);
      round += 1;
    };
    while (round < beforehand) await act();
    for (let at = 0; at < requests; at++) {
      if (at % requestsPerRound === requestsPerRound - 1) await act();
      const request = drawRequest(random, extentOf(worlds[0]!));
      const answers = [];
      for (const [i, world] of worlds.entries()) answers.push(await ask(world, worlds[0]!, request, renamings[i]!));
      const kind = `${request.name} ${answers[0]!.kind}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const texts = answers.map(({ text }) => text);
      if (texts[0] !== texts[1]) return { requests: at + 1, counts, difference: { at, request, answers: texts } };
      report?.(at + 1);
    }
    return { requests, counts, difference: undefined };
  } finally {
    for (const world of worlds) await world.close();
  }
}

const extentOf = ({ life, bobs, alices }: HiddenWorld): Extent => ({
  head: life.pipeline.index.head,
  bobs: bobs.length,
  alices: alices.length,
  aliceNonce: life.pipeline.sequencer.pendingNonce(PEOPLE.alice.address),
  chainId: life.genesis.chainId,
});

/** Status, headers and body, as one text; names in it say how long what they stand for is. */
async function ask(world: HiddenWorld, first: HiddenWorld, request: DrawnRequest, renaming: Renaming) {
  const { reader, method } = request;
  const [url, payload] = await Promise.all(
    [request.url, JSON.stringify(request.payload)].map((text) => resolve(text, world, first)),
  );
  const bearer = reader === 'alice' || reader === 'frank' ? { authorization: `Bearer ${world.tokens[reader]}` } : {};
  const body = payload === undefined ? {} : { payload };
  const headers = { ...bearer, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) };
  const answer = await world.app.inject({ method, url: url!, headers, ...body });
  const seen = Object.entries(answer.headers).filter(([name]) => !BY_CHANCE.has(name));
  const text = [answer.statusCode, JSON.stringify(seen), renaming.apply(answer.body)].join('\n');
  return { text, kind: kindOf(answer.statusCode, answer.body) };
}

function kindOf(status: number, body: string): string {
  if (status !== 200) return String(status);
  if (/"error":\{/.test(body)) return /"code":"(\w+)"/.exec(body)?.[1] ?? 'error';
  return /"result":(null|\[\]|"0x0?")/.test(body) ? 'empty' : 'ok';
}

const NAMED = /@(\w+?)(?::(\d+))?(?=["/]|$)/g;

async function resolve(text: string | undefined, world: HiddenWorld, first: HiddenWorld): Promise<string | undefined> {
  if (text === undefined) return undefined;
  const found = new Map<string, string>();
  for (const [whole, name, number] of text.matchAll(NAMED))
    found.set(whole, await namedValue(name!, Number(number), world, first));
  return text.replaceAll(NAMED, (whole) => found.get(whole)!);
}

async function namedValue(name: string, number: number, world: HiddenWorld, first: HiddenWorld): Promise<string> {
  const absent = `0x${'5a'.repeat(32)}`;
  const hex = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;
  const hashOf = ({ hash }: { hash: Uint8Array }) => bytesToHex(hash);
  const block = () => world.life.pipeline.index.block(BigInt(number));
  switch (name) {
    case 'wallet':
      return world.tokens.wallet;
    case 'blockHash':
      return hex((await block())?.hash ?? 1n);
    case 'itemHash': {
      const item = (await block())?.items[0];
      return item === undefined ? absent : hex(itemHash(item));
    }
    case 'aliceHash':
      return world.alices[number] === undefined ? absent : hashOf(world.alices[number]);
    case 'bobHash':
      return hashOf(world.bobs[number]!);
    case 'someHash':
      return hashOf(first.bobs[number]!);
    case 'someRaw':
      return rawOf(first.bobs[number]!);
    default:
      throw new Error(`no value is named ${name}`);
  }
}
