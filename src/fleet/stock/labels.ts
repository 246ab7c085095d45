import { qrSvg } from '../../platform/links/index.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

export interface Label {
  readonly model: string;
  readonly serial: string;
  /** Text of the QR code. */
  readonly claim: string;
}

/** A page of labels to print, three in a row; without scripts, and nothing of it is fetched from elsewhere. */
export function labelSheet(title: string, labels: readonly Label[]): string {
  const cells = labels.map(
    ({ model, serial, claim }) =>
      `<figure>${qrSvg(claim)}<figcaption><b>${escaped(model)}</b><br>${escaped(serial)}</figcaption></figure>`,
  );
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>
@page { size: A4; margin: 10mm }
body { font: 10pt sans-serif; margin: 0; display: grid; grid-template-columns: repeat(3, 1fr); gap: 4mm }
h1 { grid-column: 1 / -1; font-size: 12pt; margin: 0 }
figure { margin: 0; padding: 3mm; border: 1px dashed #999; text-align: center; break-inside: avoid }
svg { width: 45mm; height: 45mm }
</style></head><body><h1>${escaped(title)}</h1>${cells.join('')}</body></html>
`;
}
