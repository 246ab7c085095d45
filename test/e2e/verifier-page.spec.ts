import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../support/databases.js';
import { everyTable, Station } from '../support/station.js';

describeOnBothDatabases('verify.html over HTTP', everyTable, (open) => {
  let station: Station;
  beforeAll(async () => {
    station = await Station.open(await open(), { withHttp: true });
  });
  afterAll(() => station.close());

  it('is there for everybody with its hash, and may reach nobody', async () => {
    const page = await fetch(`${station.http}/verify.html`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const sha256 = createHash('sha256')
      .update(Buffer.from(await page.arrayBuffer()))
      .digest('hex');
    const told = await (await fetch(`${station.http}/verify.html.sha256`)).text();
    expect(told).toBe(`${sha256}  verify.html\n`);
  });

  it('packs are for those who may', async () => {
    expect((await fetch(`${station.http}/api/evidence-packs`)).status).toBe(401);
  });
});
