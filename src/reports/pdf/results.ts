import { STATE_WORDS } from '../engine/causes.js';
import type { ShownCell } from '../engine/tables.js';
import { figure, heading, localDay, right, soft, table } from './layout.js';
import type { ReportMaterial } from './material.js';

const STATES = ['complete', 'partial', 'notPlayed', 'unknown', 'notPlanned'] as const;
/** More are in the tables of the pack. */
const MOST_NAMED = 60;
const MOST_CELLS = 400;

/** Cells of each commune by what they came to. */
export function byCommune({ coverage, head: { line } }: ReportMaterial): object[] {
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
  return [
    heading('Kết quả theo xã (số ô: bản tin × ấp)'),
    ...(coverage.items.length < line.target
      ? [
          soft(
            `Chỉ tiêu đòi ${figure(line.target)} ${line.unit}, mới có ${figure(coverage.items.length)} bản tin được duyệt.`,
          ),
        ]
      : []),
    rows.size === 0
      ? soft('Chưa có ô nào.')
      : table(
          ['*', 34, 44, 66, 56, 44, 66],
          ['Xã', 'Số ấp', ...STATES.map((state) => capital(STATE_WORDS[state]))],
          [...rows.values()].map(({ name, counts, hamlets }) => [
            name,
            right(hamlets.size),
            ...STATES.map((state) => right(counts[state])),
          ]),
        ),
  ];
}

/** Hamlets never reached, why cells are open, and which. */
export function missing({ coverage, causes }: ReportMaterial): object[] {
  const reached = new Set(
    coverage.cells.filter(({ state }) => state === 'complete' || state === 'partial').map(({ hamlet }) => hamlet.id),
  );
  const never = coverage.hamlets.filter(({ id }) => !reached.has(id));
  const open = coverage.cells.filter(({ state }) => state !== 'complete');
  const shown = open.slice(0, MOST_CELLS);
  return [
    heading('Ấp chưa có bản tin nào được phát'),
    ...(never.length === 0 ? [soft('Không có.')] : byCommuneNamed(never)),
    heading('Nguyên nhân còn thiếu, nhiều nhất trước'),
    causes.length === 0
      ? soft('Không có.')
      : table(
          [24, '*', 70, 70],
          ['', 'Nguyên nhân', 'Số ô', 'Lượt phát'],
          causes.map(({ words, cells: count, plays }, n) => [String(n + 1), words, right(count), right(plays)]),
        ),
    ...(open.length === 0
      ? []
      : [
          heading('Ô còn thiếu'),
          table([160, '*'], ['Bản tin', 'Còn thiếu ở'], openRows(shown)),
          ...(open.length > shown.length
            ? [soft(`và ${figure(open.length - shown.length)} ô khác: xem coverage.csv.`)]
            : []),
        ]),
  ];
}

/** A row for each item: a title stands once, however many hamlets miss it. */
function openRows(cells: readonly ShownCell[]): unknown[][] {
  const rows = new Map<string, { title: string; places: Map<ShownCell['state'], string[]> }>();
  for (const { item, hamlet, state, clusters } of cells) {
    const row = rows.get(item.id) ?? { title: item.title, places: new Map<ShownCell['state'], string[]>() };
    const whole = clusters.filter((part) => part.state === 'complete').length;
    const share = clusters.length > 1 ? ` (${whole}/${clusters.length} cụm)` : '';
    const place = `${hamlet.name}, ${hamlet.communeName}${share}`;
    row.places.set(state, [...(row.places.get(state) ?? []), place]);
    rows.set(item.id, row);
  }
  return [...rows.values()].map(({ title, places }) => [
    title,
    {
      stack: STATES.flatMap((state) => {
        const all = places.get(state) ?? [];
        if (all.length === 0) return [];
        const more = all.length > MOST_NAMED ? ` và ${figure(all.length - MOST_NAMED)} ấp khác` : '';
        const named = all.slice(0, MOST_NAMED).join('; ');
        return [{ text: [{ text: `${capital(STATE_WORDS[state])}: `, bold: true }, `${named}${more}.`] }];
      }),
    },
  ]);
}

/** A line for each commune with its hamlets. */
function byCommuneNamed(hamlets: ReportMaterial['coverage']['hamlets']): object[] {
  const communes = new Map<string, { name: string; hamlets: string[] }>();
  for (const { communeId, communeName, name } of hamlets) {
    const commune = communes.get(communeId) ?? { name: communeName, hamlets: [] };
    commune.hamlets.push(name);
    communes.set(communeId, commune);
  }
  return [...communes.values()].map(({ name, hamlets: names }) => ({
    text: [{ text: `${name}: `, bold: true }, `${names.join('; ')}.`],
  }));
}

const capital = (words: string): string => words.charAt(0).toLocaleUpperCase('vi') + words.slice(1);

/** Khai báo: the word of a person, apart from what was played. */
export function declarations({ declared }: ReportMaterial): object[] {
  if (declared.length === 0) return [];
  const rows = declared
    .slice(0, MOST_NAMED)
    .map(({ itemTitle, hamletName, communeName, day, person, enteredByName }) => [
      itemTitle,
      `${hamletName}, ${communeName}`,
      localDay(day),
      `${person} (nhập: ${enteredByName})`,
    ]);
  return [
    heading('Khai báo (không tính là đã phát)'),
    soft('Lời của người mang nội dung đến ấp bằng loa kéo hoặc cách khác, kèm ảnh trong thư mục declared.'),
    { margin: [0, 4, 0, 0], ...table(['*', 130, 58, 130], ['Bản tin', 'Nơi', 'Ngày', 'Người khai'], rows) },
    ...(declared.length > rows.length
      ? [soft(`và ${figure(declared.length - rows.length)} khai báo khác: xem declared/index.json.`)]
      : []),
  ];
}
