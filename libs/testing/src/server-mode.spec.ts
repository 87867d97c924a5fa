import { serverMode } from './server-mode.ts';

describe('serverMode', () => {
  const before = process.env['FLEET_SERVERS'];
  afterEach(() => {
    if (before === undefined) delete process.env['FLEET_SERVERS'];
    else process.env['FLEET_SERVERS'] = before;
  });

  it('is container when FLEET_SERVERS says so, whether or not an engine answers', () => {
    process.env['FLEET_SERVERS'] = 'container';
    expect(serverMode()).toBe('container');
  });

  it('refuses a value it does not know', () => {
    process.env['FLEET_SERVERS'] = 'remote';
    expect(() => serverMode()).toThrow('FLEET_SERVERS is "remote"; expected auto, container or local');
  });
});
