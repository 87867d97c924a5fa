import { endOfPull } from './pull-status.ts';

describe('endOfPull', () => {
  it.each([
    [100, 'Idle Heartbeat', undefined],
    [404, 'No Messages', { pauseMs: 0 }],
    [408, 'Request Timeout', { pauseMs: 0 }],
    [409, 'Message Size Exceeds MaxBytes', { pauseMs: 0 }],
    [409, 'Batch Completed', { pauseMs: 0 }],
    [409, 'Leadership Change', { pauseMs: 250 }],
    [409, 'Server Shutdown', { pauseMs: 250 }],
    [409, 'Exceeded MaxWaiting', { pauseMs: 250 }],
    [409, 'Consumer Deleted', { trouble: { kind: 'gone', detail: 'Consumer Deleted' } }],
    [409, 'Consumer is push based', { trouble: { kind: 'refused', detail: 'Consumer is push based' } }],
    [
      409,
      'Exceeded MaxRequestBatch of 10',
      { trouble: { kind: 'refused', detail: 'Exceeded MaxRequestBatch of 10' } },
    ],
    [503, '', { trouble: { kind: 'gone', detail: 'nobody answers for the consumer' } }],
    [400, 'Bad Request', { trouble: { kind: 'refused', detail: '400 Bad Request' } }],
  ])('%d %s', (code, description, end) => {
    expect(endOfPull(code, description)).toEqual(end);
  });
});
