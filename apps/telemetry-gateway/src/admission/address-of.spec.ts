import { addressOf } from './address-of.ts';

const from = (remoteAddress: string, forwarded?: string) => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

describe('addressOf', () => {
  it('believes the socket', () => {
    expect(addressOf(from('10.0.0.7'), 0)).toBe('10.0.0.7');
    expect(addressOf(from('10.0.0.7', '1.2.3.4'), 0)).toBe('10.0.0.7');
  });

  it('takes an IPv4 address in IPv6 clothes for what it is', () => {
    expect(addressOf(from('::ffff:10.0.0.7'), 0)).toBe('10.0.0.7');
  });

  it('counts a whole IPv6 network as one', () => {
    expect(addressOf(from('2001:db8:1:2:3:4:5:6'), 0)).toBe('2001:db8:1:2::/64');
    expect(addressOf(from('2001:db8:1:2::9'), 0)).toBe('2001:db8:1:2::/64');
    expect(addressOf(from('2001:db8::9'), 0)).toBe('2001:db8:0:0::/64');
    expect(addressOf(from('::1'), 0)).toBe('0:0:0:0::/64');
  });

  it('believes as many proxies as are ours, from the near end', () => {
    expect(addressOf(from('10.0.0.7', '6.6.6.6, 1.2.3.4'), 1)).toBe('1.2.3.4');
    expect(addressOf(from('10.0.0.7', '6.6.6.6, 1.2.3.4, 10.0.0.8'), 2)).toBe('1.2.3.4');
    expect(addressOf(from('10.0.0.7', '1.2.3.4'), 2)).toBe('1.2.3.4');
  });

  it('falls back to the socket where a proxy said nothing', () => {
    expect(addressOf(from('10.0.0.7'), 1)).toBe('10.0.0.7');
    expect(addressOf(from('10.0.0.7', ''), 1)).toBe('10.0.0.7');
  });

  it('is short whatever a header holds', () => {
    expect(addressOf(from('10.0.0.7', 'x'.repeat(10_000)), 1).length).toBeLessThanOrEqual(64);
  });
});
