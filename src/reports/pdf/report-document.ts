import { checking } from './checking.js';
import { cover } from './cover.js';
import { devices } from './devices.js';
import { INK, SOFT } from './layout.js';
import type { ReportMaterial } from './material.js';
import type { PrintedDocument } from './printer.js';
import { byCommune, declarations, missing } from './results.js';

/** The report of a pack. It never calls itself the official form. */
export function reportDocument(material: ReportMaterial): PrintedDocument {
  const { head } = material;
  const demo = 'SỐ LIỆU TRÌNH DIỄN, KHÔNG CHỨNG MINH ĐIỀU GÌ';
  return {
    footer: `${head.demo ? `${demo} · ` : ''}${head.plan.number} · ${head.area.name}`,
    definition: {
      pageSize: 'A4',
      pageMargins: [42, 58, 42, 56],
      info: { title: `Hồ sơ nghiệm thu phát thanh ${head.plan.number}`, creator: 'Vang' },
      defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.2, color: INK },
      styles: {
        h2: { fontSize: 13, bold: true, margin: [0, 14, 0, 5] },
        soft: { color: SOFT },
        th: { bold: true, fillColor: '#eef2f6' },
        code: { fontSize: 8.5, characterSpacing: 0.2 },
      },
      ...(head.demo
        ? {
            header: { text: demo, alignment: 'center', bold: true, color: '#a35b00', margin: [0, 24, 0, 0] },
            watermark: { text: 'TRÌNH DIỄN', color: '#c98a00', opacity: 0.12, bold: true },
          }
        : {}),
      content: [
        ...cover(material),
        ...byCommune(material),
        ...missing(material),
        ...declarations(material),
        ...devices(material),
        ...checking(material),
      ],
    },
  };
}
