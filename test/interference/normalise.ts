/**
 * An answer as it is compared: salted and random values are named by when they were first seen, so that two worlds agree when one is the
 * other's up to a renaming that is one to one. Only in fields that hold such values, and only values that look random: an amount or address
 * that appears in their place stays what it is.
 */

const HASHES = new Set([
  'hash',
  'parentHash',
  'blockHash',
  'stateRoot',
  'transactionHash',
  'transactions',
  'detailHash',
  'siblings',
  'next',
  'salt',
  'signature',
  'denialPublicKey',
  'policyRoot',
  'recordsRoot',
  'commitment',
  'messagesRoll',
  'sealed',
  'auditRoot',
  'denialRoot',
  'dataHash',
  'batchSalt',
  'environment',
]);
const TOKENS = new Set(['token', 'nonce', 'nonceToken', 'requestId', 'id', 'msg', 'privateRpcUrl', 'url', 'rpcUrl']);
/** Whole, or without leading zeros as bundles write them. */
const RANDOM_HASH = /^0x(?:(?!0{8})[0-9a-f]{64,130}|[1-9a-f][0-9a-f]{55,62})$/;
const WORD = /^0x[0-9a-f]{1,64}$/;
const RANDOM_TOKEN = /^(?!0x[0-9a-f]*$)[\w.~-]{16,}$/;
const IN_TEXT = /(?<=Nonce: )\w+|(?<=\/rpc\/wallet\/)[\w-]{16,}/g;

export class Renaming {
  readonly #names = new Map<string, string>();

  /** Text of a JSON answer with its names; other texts as they are, but for what stands in them. */
  apply(body: string): string {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return this.#inText(body);
    }
    return JSON.stringify(this.#walk(value, ''));
  }

  #walk(value: unknown, field: string): unknown {
    if (typeof value === 'string') return this.#string(value, field);
    if (Array.isArray(value)) return value.map((entry) => this.#walk(entry, field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, this.#walk(entry, name)]));
  }

  #string(value: string, field: string): string {
    if (HASHES.has(field) && RANDOM_HASH.test(value)) return this.#named(value);
    if (TOKENS.has(field) && RANDOM_TOKEN.test(value)) return this.#named(value);
    return this.#inText(value);
  }

  #inText(text: string): string {
    return text.replaceAll(IN_TEXT, (found) => this.#named(found));
  }

  #named(value: string): string {
    const whole = WORD.test(value) ? `0x${value.slice(2).padStart(64, '0')}` : value;
    const known = this.#names.get(whole);
    if (known !== undefined) return known;
    const name = `<${this.#names.size}:${whole.length}>`;
    this.#names.set(whole, name);
    return name;
  }
}
