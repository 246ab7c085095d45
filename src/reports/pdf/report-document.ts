import type { PackHead } from '../../../proof/pack/manifest.js';
import { STATE_WORDS } from '../engine/causes.js';
import type { RankedCause, ShownCell } from '../engine/tables.js';

export interface ReportMaterial {
  readonly head: PackHead;
  readonly coverage: {
    readonly items: readonly { readonly id: string }[];
    readonly hamlets: readonly {
      readonly id: string;
      readonly communeId: string;
      readonly communeName: string;
      readonly name: string;
    }[];
    readonly cells: readonly ShownCell[];
  };
  readonly causes: readonly RankedCause[];
  readonly devices: readonly {
    readonly record: {
      readonly serial: string;
      readonly cluster: { readonly name: string };
      readonly enrolledAtMs: number;
      readonly enrolledBy: string | null;
      readonly revoked: { readonly atMs: number } | null;
      readonly handover: { readonly signedBy: string; readonly photos: readonly string[] } | null;
    };
  }[];
  readonly checkpoint: string;
  /** The same as a QR code, SVG. */
  readonly checkpointQr: string;
  readonly rootFingerprint: string;
  /** SHA-256 of verify.html; null: it was not built here. */
  readonly verifier: string | null;
}

const CRITERION_WORDS = {
  produced: 'đã biên soạn và duyệt',
  playedEveryCommune: 'phát ở mọi xã',
  playedEveryHamlet: 'phát ở mọi ấp',
} as const;
const STATES = ['complete', 'partial', 'notPlayed', 'unknown', 'notPlanned'] as const;
const DATE = { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'Asia/Ho_Chi_Minh' } as const;
const DAY = new Intl.DateTimeFormat('vi-VN', DATE);
const TIME = new Intl.DateTimeFormat('vi-VN', { ...DATE, hour: '2-digit', minute: '2-digit' });
const NUMBER = new Intl.NumberFormat('vi-VN');
const INK = '#1c2530';
const SOFT = '#52606f';
/** More are in the tables of the pack. */
const MOST_NAMED = 60;
const MOST_DEVICES = 400;

const localDay = (day: string): string => day.split('-').reverse().join('/');
const grouped = (hex: string): string => hex.replace(/(.{8})(?=.)/g, '$1 ');

/** The report of a pack, as a definition for pdfmake. It never calls itself the official form. */
export function reportDocument(material: ReportMaterial): object {
  const { head } = material;
  const demo = 'SỐ LIỆU TRÌNH DIỄN, KHÔNG CHỨNG MINH ĐIỀU GÌ';
  return {
    pageSize: 'A4',
    pageMargins: [50, 58, 50, 56],
    info: { title: `Hồ sơ nghiệm thu phát thanh ${head.plan.number}`, creator: 'Vang' },
    defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.2, color: INK },
    styles: {
      h2: { fontSize: 13, bold: true, margin: [0, 14, 0, 5] },
      soft: { color: SOFT },
      th: { bold: true, fillColor: '#eef2f6' },
      code: { fontSize: 8.5, characterSpacing: 0.2 },
    },
    ...(head.demo
      ? { header: { text: demo, alignment: 'center', bold: true, color: '#a35b00', margin: [0, 24, 0, 0] } }
      : {}),
    footer: (page: number, pages: number) => ({
      margin: [50, 14, 50, 0],
      columns: [
        { text: `${head.demo ? `${demo} · ` : ''}${head.plan.number} · ${head.area.name}`, style: 'soft', fontSize: 8 },
        { text: `Trang ${page}/${pages}`, alignment: 'right', style: 'soft', fontSize: 8, width: 70 },
      ],
    }),
    ...(head.demo ? { watermark: { text: 'TRÌNH DIỄN', color: '#c98a00', opacity: 0.12, bold: true } } : {}),
    // A heading stays with what it heads.
    pageBreakBefore: (node: { headlineLevel?: number }, nodes: { getFollowingNodesOnPage(): unknown[] }) =>
      node.headlineLevel === 1 && nodes.getFollowingNodesOnPage().length === 0,
    content: [
      ...cover(material),
      ...byCommune(material),
      ...missing(material),
      ...devices(material),
      ...checking(material),
    ],
  };
}

function cover({ head, coverage }: ReportMaterial): object[] {
  const { issuer, plan, line, area, period, result, counts, rule } = head;
  const open = result.required - result.reached;
  const facts = [
    ['Kế hoạch', `${plan.number}, ngày ${localDay(plan.issuedOn)}: ${plan.title}`],
    ['Chỉ tiêu', `${line.title}: ${NUMBER.format(line.target)} ${line.unit}`],
    ['Tiêu chí', CRITERION_WORDS[line.criterion]],
    ['Địa bàn', area.name],
    ['Kỳ', `${localDay(period.from)} – ${localDay(period.to)}`],
    [
      'Cách tính',
      `mỗi ấp ${rule.plays} lần phát đủ, ${rule.clusters === 'all' ? 'ở mọi cụm loa của ấp' : 'ở một cụm loa của ấp'}`,
    ],
    [
      'Số liệu',
      `${NUMBER.format(coverage.items.length)} bản tin, ${NUMBER.format(counts.hamlets)} ấp, ${NUMBER.format(counts.devices)} thiết bị, ${NUMBER.format(counts.receipts)} xác nhận phát`,
    ],
    ['Lập lúc', TIME.format(head.madeAtMs)],
  ];
  return [
    { text: issuer, style: 'soft' },
    { text: 'Hồ sơ nghiệm thu phát thanh', fontSize: 21, bold: true, margin: [0, 4, 0, 2] },
    { text: 'Lập tự động từ xác nhận phát của thiết bị; không phải biểu mẫu chính thức.', style: 'soft' },
    {
      margin: [0, 12, 0, 0],
      layout: 'noBorders',
      table: { widths: [80, '*'], body: facts.map(([term, fact]) => [{ text: term, style: 'soft' }, fact]) },
    },
    {
      margin: [0, 14, 0, 4],
      layout: 'noBorders',
      table: {
        widths: ['*'],
        body: [
          [
            {
              fillColor: result.done ? '#e2f1e8' : '#fbe9e7',
              margin: [10, 8, 10, 8],
              stack: [
                {
                  text: result.done ? 'ĐẠT' : 'CHƯA ĐẠT',
                  fontSize: 19,
                  bold: true,
                  color: result.done ? '#1a6b43' : '#a3211a',
                },
                `${NUMBER.format(result.reached)} / ${NUMBER.format(result.required)} theo tiêu chí “${CRITERION_WORDS[line.criterion]}”${result.done ? '.' : `, còn thiếu ${NUMBER.format(open)}.`}`,
              ],
            },
          ],
        ],
      },
    },
    ...honesty(),
  ];
}

/** What every report prints. */
function honesty(): object[] {
  return [
    {
      margin: [0, 6, 0, 0],
      ul: [
        { text: 'Xác nhận phát chứng minh thiết bị đã phát, không chứng minh người dân đã nghe.', bold: true },
        'Người nắm giữ thiết bị vẫn có thể làm sai lệch: đặt thiết bị ở nơi khác, tháo loa khỏi tăng âm khi thiết bị không đo đường loa, hoặc lấy khóa trong thiết bị để ký thay. Lý lịch, ảnh bàn giao và kiểm tra tại chỗ bù cho điều này.',
      ],
    },
  ];
}

/** A column of figures has its head above them. */
const alignmentOf = (cell: unknown): string =>
  cell !== null && typeof cell === 'object' && 'alignment' in cell ? String(cell.alignment) : 'left';

function table(
  widths: readonly (string | number)[],
  head: readonly string[],
  body: readonly (readonly unknown[])[],
): object {
  return {
    layout: 'lightHorizontalLines',
    fontSize: 9,
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths,
      body: [head.map((text, n) => ({ text, style: 'th', alignment: alignmentOf(body[0]?.[n]) })), ...body],
    },
  };
}

function byCommune({ coverage }: ReportMaterial): object[] {
  const rows = new Map<
    string,
    { name: string; counts: Record<(typeof STATES)[number], number>; hamlets: Set<string> }
  >();
  for (const { hamlet, state } of coverage.cells) {
    const row = rows.get(hamlet.communeId) ?? {
      name: hamlet.communeName,
      counts: { complete: 0, partial: 0, notPlayed: 0, unknown: 0, notPlanned: 0 },
      hamlets: new Set<string>(),
    };
    row.counts[state] += 1;
    row.hamlets.add(hamlet.id);
    rows.set(hamlet.communeId, row);
  }
  const right = (value: number) => ({ text: NUMBER.format(value), alignment: 'right' });
  return [
    { text: 'Kết quả theo xã (số ô: bản tin × ấp)', style: 'h2', headlineLevel: 1 },
    rows.size === 0
      ? { text: 'Chưa có bản tin nào.', style: 'soft' }
      : table(
          ['*', 40, 58, 62, 62, 50, 62],
          ['Xã', 'Số ấp', ...STATES.map((state) => STATE_WORDS[state])],
          [...rows.values()].map(({ name, counts, hamlets }) => [
            name,
            right(hamlets.size),
            ...STATES.map((state) => right(counts[state])),
          ]),
        ),
  ];
}

function missing({ coverage, causes }: ReportMaterial): object[] {
  const reached = new Set(
    coverage.cells.filter(({ state }) => state === 'complete' || state === 'partial').map(({ hamlet }) => hamlet.id),
  );
  const never = coverage.hamlets.filter(({ id }) => !reached.has(id));
  const named = never.slice(0, MOST_NAMED).map(({ name, communeName }) => `${name} (${communeName})`);
  const more = never.length > named.length ? ` và ${NUMBER.format(never.length - named.length)} ấp khác` : '';
  const open = coverage.cells.filter(({ state }) => state !== 'complete');
  const cells = open
    .slice(0, MOST_NAMED)
    .map(({ item, hamlet, state, clusters }) => [
      item.title,
      `${hamlet.name}, ${hamlet.communeName}`,
      `${STATE_WORDS[state]}, ${clusters.filter((part) => part.state === 'complete').length}/${clusters.length} cụm`,
    ]);
  return [
    { text: 'Ấp chưa có bản tin nào được phát', style: 'h2', headlineLevel: 1 },
    never.length === 0 ? { text: 'Không có.', style: 'soft' } : { text: `${named.join('; ')}${more}.` },
    { text: 'Nguyên nhân còn thiếu, nhiều nhất trước', style: 'h2', headlineLevel: 1 },
    causes.length === 0
      ? { text: 'Không có.', style: 'soft' }
      : table(
          [24, '*', 70, 70],
          ['', 'Nguyên nhân', 'Số ô', 'Lượt phát'],
          causes.map(({ words, cells: count, plays }, n) => [
            String(n + 1),
            words,
            { text: NUMBER.format(count), alignment: 'right' },
            { text: NUMBER.format(plays), alignment: 'right' },
          ]),
        ),
    ...(open.length === 0
      ? []
      : [
          { text: 'Ô còn thiếu', style: 'h2', headlineLevel: 1 },
          table(['*', 150, 130], ['Bản tin', 'Nơi', 'Tình trạng'], cells),
          {
            text:
              open.length > cells.length
                ? `và ${NUMBER.format(open.length - cells.length)} ô khác: xem coverage.csv.`
                : '',
            style: 'soft',
            margin: [0, 3, 0, 0],
          },
        ]),
  ];
}

function devices({ devices: all }: ReportMaterial): object[] {
  const rows = all
    .slice(0, MOST_DEVICES)
    .map(({ record }) => [
      record.cluster.name,
      record.serial,
      `${DAY.format(record.enrolledAtMs)}${record.enrolledBy ? `, ${record.enrolledBy}` : ''}`,
      record.revoked ? DAY.format(record.revoked.atMs) : '',
      record.handover ? `${record.handover.signedBy}, ${record.handover.photos.length} ảnh` : 'chưa có',
    ]);
  return [
    { text: 'Thiết bị', style: 'h2', headlineLevel: 1 },
    all.length === 0
      ? { text: 'Chưa có thiết bị nào gửi xác nhận phát.', style: 'soft' }
      : table(['*', 75, 105, 55, 95], ['Cụm loa', 'Số máy', 'Đăng ký', 'Thu hồi', 'Bàn giao'], rows),
    ...(all.length > rows.length
      ? [{ text: `và ${all.length - rows.length} thiết bị khác: xem thư mục devices.`, style: 'soft' }]
      : []),
  ];
}

function checking({ checkpoint, checkpointQr, rootFingerprint, verifier }: ReportMaterial): object[] {
  return [
    { text: 'Cách kiểm tra hồ sơ này', style: 'h2', headlineLevel: 1, pageBreak: 'before' },
    {
      ol: [
        'Lấy verify.html từ trang của cơ quan hoặc của dự án Vang, không lấy từ nơi gửi hồ sơ. Đối chiếu SHA-256 của tệp đó với mã dưới đây.',
        'Mở verify.html bằng trình duyệt (không cần mạng), chọn tệp hồ sơ .zip. Hoặc: npm run vang -- verify TỆP --root DẤU-VÂN-TAY.',
        'Đối chiếu dấu vân tay khóa gốc với bản mà cơ quan đã công bố.',
        'Đối chiếu điểm chốt dưới đây với điểm chốt mà bên thanh toán đã nhận trước, nếu có.',
      ],
    },
    { text: 'SHA-256 của verify.html', style: 'soft', margin: [0, 10, 0, 0] },
    { text: verifier === null ? 'chưa dựng trên máy này' : grouped(verifier), style: 'code' },
    { text: 'Dấu vân tay khóa gốc (SHA-256)', style: 'soft', margin: [0, 8, 0, 0] },
    { text: grouped(rootFingerprint), style: 'code' },
    { text: 'Điểm chốt của sổ nhật ký', style: 'soft', margin: [0, 8, 0, 3] },
    {
      columns: [
        { width: 190, svg: checkpointQr, fit: [180, 180] },
        { width: '*', text: checkpoint, style: 'code' },
      ],
    },
  ];
}
