import { describe, expect, it } from 'vitest';
import { clientNetwork } from '../../src/rpc/client-network.ts';

describe('requests count together', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['not an address', 'not an address'],
  ])('%s as %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });

  it('within a /64, and not beyond', () => {
    const of = (last: number) => clientNetwork(`2001:db8:0:7::${last.toString(16)}`);
    expect(new Set(Array.from({ length: 300 }, (_, i) => of(i + 1))).size).toBe(1);
    expect(clientNetwork('2001:db8:0:8::1')).not.toBe(of(1));
    expect(clientNetwork('2001:db8:1:7::1')).not.toBe(of(1));
    expect(clientNetwork('203.0.113.7')).not.toBe(clientNetwork('203.0.113.8'));
  });
});
