import { describe, expect, it } from '@jest/globals';
import type { ArgumentsHost } from '@nestjs/common';
import { silentLog } from '../logging/index.js';
import { ProblemFilter } from './problem.filter.js';

/** What a reader gets when this is thrown. */
function answerTo(thrown: unknown): { readonly status: number; readonly code: string; readonly title: string } {
  let body = { status: 0, code: '', title: '' };
  const response = {
    headersSent: false,
    status: () => response,
    type: () => response,
    json: (sent: typeof body) => (body = sent),
  };
  const http = { getRequest: () => ({ headers: {}, path: '/' }), getResponse: () => response };
  new ProblemFilter(silentLog).catch(thrown, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return body;
}

describe('what goes wrong reaches the reader as a problem', () => {
  it.each([
    ['the file system', { code: 'ENOSPC' }],
    ['SQLite, wrapped by TypeORM', { driverError: { code: 'SQLITE_FULL' } }],
  ])('a full disk, told by %s, is named and says who must act', (_, thrown) => {
    expect(answerTo(thrown)).toMatchObject({
      status: 507,
      code: 'service.diskFull',
      title: expect.stringContaining('Ổ đĩa'),
    });
  });

  it('anything unforeseen is a fault that tells nothing of its inside', () => {
    expect(answerTo(new Error('password=1234'))).toMatchObject({ status: 500, code: 'service.fault' });
    expect(JSON.stringify(answerTo(new Error('password=1234')))).not.toContain('1234');
  });
});
