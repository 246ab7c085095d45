import { describe, expect, it } from '@jest/globals';
import { planStockImport } from './stock-import.js';

const line = (changes: Record<string, string> = {}) => ({ serial: 'SN-0001', model: 'TTS-4G', ...changes });
const SIM = { simCarrier: 'Viettel', simNumber: '0981234567', simIccid: '8984048000001234567' };

describe('a file of boxes', () => {
  it('two columns are enough', () => {
    expect(planStockImport([line()])).toEqual({
      boxes: [{ serial: 'SN-0001', model: 'TTS-4G', code: null, publicKey: null, sim: null }],
      errors: [],
    });
  });

  it('takes code, key and SIM of the maker', () => {
    const more = {
      claimCode: 'maker-code-000001',
      publicKey: 'A'.repeat(43),
      simExpiresOn: '2026-12-31',
      simQuotaMb: '3000',
    };
    expect(planStockImport([line({ ...SIM, ...more })]).boxes).toMatchObject([
      {
        code: 'maker-code-000001',
        publicKey: 'A'.repeat(43),
        sim: { carrier: 'Viettel', expiresOn: '2026-12-31', quotaBytes: 3_000_000_000 },
      },
    ]);
  });

  it.each([
    ['stock.serialWrong', { serial: '' }],
    ['stock.serialWrong', { serial: '=HYPERLINK("http://x")' }],
    ['stock.serialWrong', { serial: '@SUM(A1)' }],
    ['stock.serialWrong', { serial: '-1+1' }],
    ['stock.serialWrong', { serial: 'S'.repeat(101) }],
    ['stock.serialWrong', { serial: '<b>1</b>' }],
    ['stock.modelWrong', { model: ' ' }],
    ['stock.modelWrong', { model: '+84' }],
    ['stock.codeWrong', { claimCode: 'short' }],
    ['stock.codeWrong', { claimCode: 'x'.repeat(65) }],
    ['stock.publicKeyWrong', { publicKey: 'A'.repeat(42) }],
    ['stock.simWrong', { simCarrier: 'Viettel' }],
    ['stock.simWrong', { simNumber: '0981234567' }],
    ['stock.simWrong', { ...SIM, simNumber: '=1+1' }],
    ['stock.simExpiryWrong', { ...SIM, simExpiresOn: '31/12/2026' }],
    ['stock.simExpiryWrong', { ...SIM, simExpiresOn: '2026-02-30' }],
    ['stock.simQuotaWrong', { ...SIM, simQuotaMb: '-5' }],
    ['stock.simQuotaWrong', { ...SIM, simQuotaMb: '1e9' }],
  ])('refuses with %s: %j', (code, changes) => {
    expect(planStockImport([line({ serial: 'SN-0000' }), line(changes)])).toEqual({
      boxes: [],
      errors: [{ line: 3, code }],
    });
  });

  it('names a serial number and a code that stand twice; another model may have the same number', () => {
    const claimCode = 'maker-code-000001';
    expect(planStockImport([line(), line()]).errors).toEqual([{ line: 3, code: 'stock.serialTwice' }]);
    expect(planStockImport([line(), line({ model: 'B' })]).errors).toEqual([]);
    expect(planStockImport([line({ claimCode }), line({ serial: '2', claimCode })]).errors).toEqual([
      { line: 3, code: 'stock.codeTwice' },
    ]);
  });
});
