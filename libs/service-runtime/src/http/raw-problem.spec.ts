import { ProblemError } from './problem-error.ts';
import { rawProblem } from './raw-problem.ts';

describe('rawProblem', () => {
  it('is a whole answer that closes the connection', () => {
    const text = rawProblem(new ProblemError(503, 'späť', { 'Retry-After': '5' }));
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(head).toContain('\r\nRetry-After: 5\r\n');
    expect(head).toContain('\r\nConnection: close');
    expect(head).toContain(`\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`);
    expect(JSON.parse(body)).toMatchObject({ status: 503, detail: 'späť' });
  });
});
