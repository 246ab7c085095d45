import { isDay } from './local-days.js';

export type StockLine = Readonly<Record<string, string>>;

export interface ImportedSim {
  readonly carrier: string;
  readonly number: string;
  readonly iccid: string;
  readonly expiresOn: string | null;
  readonly quotaBytes: number | null;
}

export interface ImportedBox {
  readonly serial: string;
  readonly model: string;
  /** Printed by the maker; null: we make one. */
  readonly code: string | null;
  readonly publicKey: string | null;
  readonly sim: ImportedSim | null;
}

export type StockLineCode =
  | 'stock.serialWrong'
  | 'stock.serialTwice'
  | 'stock.modelWrong'
  | 'stock.codeWrong'
  | 'stock.codeTwice'
  | 'stock.publicKeyWrong'
  | 'stock.simWrong'
  | 'stock.simExpiryWrong'
  | 'stock.simQuotaWrong';

const MB = 1_000_000;
/** What a maker prints on a box: letters of any alphabet, digits and a few signs, nothing that a spreadsheet would compute. */
const PRINTED = /^[\p{L}\p{N}][\p{L}\p{N} ._/()-]{0,99}$/u;

/** Reads a whole file of boxes. All or nothing; line 1 is the header. */
export function planStockImport(lines: readonly StockLine[]): {
  readonly boxes: readonly ImportedBox[];
  readonly errors: readonly { readonly line: number; readonly code: StockLineCode }[];
} {
  const boxes: ImportedBox[] = [];
  const errors: { line: number; code: StockLineCode }[] = [];
  const [serials, codes] = [new Set<string>(), new Set<string>()];
  lines.forEach((fields, index) => {
    const line = index + 2;
    const box = readBox(fields);
    if (typeof box === 'string') errors.push({ line, code: box });
    else if (serials.has(`${box.model}\n${box.serial}`)) errors.push({ line, code: 'stock.serialTwice' });
    else if (box.code !== null && codes.has(box.code)) errors.push({ line, code: 'stock.codeTwice' });
    else {
      serials.add(`${box.model}\n${box.serial}`);
      if (box.code !== null) codes.add(box.code);
      boxes.push(box);
    }
  });
  return { boxes: errors.length > 0 ? [] : boxes, errors };
}

function readBox(fields: StockLine): ImportedBox | StockLineCode {
  const of = (name: string) => (fields[name] ?? '').normalize('NFC').trim();
  if (!PRINTED.test(of('serial'))) return 'stock.serialWrong';
  if (!PRINTED.test(of('model'))) return 'stock.modelWrong';
  if (of('claimCode') !== '' && !/^[A-Za-z0-9_-]{16,64}$/.test(of('claimCode'))) return 'stock.codeWrong';
  if (of('publicKey') !== '' && !/^[A-Za-z0-9_-]{43}$/.test(of('publicKey'))) return 'stock.publicKeyWrong';
  const sim = readSim(of);
  if (typeof sim === 'string') return sim;
  return {
    serial: of('serial'),
    model: of('model'),
    code: of('claimCode') || null,
    publicKey: of('publicKey') || null,
    sim,
  };
}

function readSim(of: (name: string) => string): ImportedSim | null | StockLineCode {
  const fields = ['simCarrier', 'simNumber', 'simIccid', 'simExpiresOn', 'simQuotaMb'].map(of);
  const [carrier = '', number = '', iccid = '', expiresOn = '', quota = ''] = fields;
  if (fields.every((field) => field === '')) return null;
  if (!PRINTED.test(carrier) || !/^(\+?\d{6,15})?$/.test(number) || !/^(\d{18,20})?$/.test(iccid))
    return 'stock.simWrong';
  if (number === '' && iccid === '') return 'stock.simWrong';
  if (expiresOn !== '' && !isDay(expiresOn)) return 'stock.simExpiryWrong';
  if (quota !== '' && !/^[1-9]\d{0,7}$/.test(quota)) return 'stock.simQuotaWrong';
  return {
    carrier,
    number,
    iccid,
    expiresOn: expiresOn || null,
    quotaBytes: quota === '' ? null : Number(quota) * MB,
  };
}
