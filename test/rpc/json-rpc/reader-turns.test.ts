import { describe, expect, it } from 'vitest';
import { ReaderTurns } from '../../../src/rpc/json-rpc/eth-get-logs/reader-turns.ts';

describe('turns of readers', () => {
  const scene = (atOnceMax: number, waitingMax: number) => {
    const turns = new ReaderTurns({ atOnceMax, waitingMax });
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const take = (reader: string, name: string) =>
      turns.take(reader, async () => {
        begun.push(name);
        await new Promise<void>((resolve) => ends.push(resolve));
        return name;
      });
    const end = async () => {
      ends.shift()!();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { turns, begun, take, end };
  };

  it('serve several readers at once, and each reader one request after the other', async () => {
    const { begun, take, end } = scene(2, 9);
    const all = [take('a', 'a1'), take('a', 'a2'), take('b', 'b1'), take('c', 'c1'), take('a', 'a3')];
    expect(begun).toEqual(['a1', 'b1']);
    await end();
    expect(begun).toEqual(['a1', 'b1', 'c1']);
    await end();
    await end();
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2']);
    await end();
    await end();
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'b1', 'c1', 'a3']);
  });

  it('are refused to who has too many waiting, and to nobody else', async () => {
    const { take, end, begun } = scene(1, 2);
    const all = [take('a', 'a1'), take('a', 'a2'), take('a', 'a3')];
    expect(() => take('a', 'a4')).toThrow(expect.objectContaining({ code: 'RPC_LOGS_BUSY' }));
    all.push(take('b', 'b1'));
    for (let i = 0; i < 4; i++) await end();
    expect(begun).toEqual(['a1', 'b1', 'a2', 'a3']);
    await Promise.all(all);
    const again = take('a', 'a5');
    await end();
    expect(await again).toBe('a5');
  });

  it('go on after one that fails', async () => {
    const { turns } = scene(1, 2);
    const failing = turns.take('a', () => Promise.reject(new Error('no')));
    const next = turns.take('a', async () => 'next');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
  });
});
