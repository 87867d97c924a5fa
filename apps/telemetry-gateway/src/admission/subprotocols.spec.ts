import { readSubprotocols } from './subprotocols.ts';

describe('readSubprotocols', () => {
  it.each([
    [undefined, { supported: true, answer: undefined, token: undefined }],
    ['fleet.v1', { supported: true, answer: 'fleet.v1', token: undefined }],
    ['fleet.v1, bearer.a.b.c', { supported: true, answer: 'fleet.v1', token: 'a.b.c' }],
    ['bearer.a.b.c,fleet.v1', { supported: true, answer: 'fleet.v1', token: 'a.b.c' }],
    ['fleet.v2', { supported: false, answer: undefined, token: undefined }],
    ['bearer.a.b.c', { supported: false, answer: undefined, token: 'a.b.c' }],
    ['', { supported: false, answer: undefined, token: undefined }],
  ])('reads %j', (header, expected) => {
    expect(readSubprotocols(header)).toEqual(expected);
  });
});
