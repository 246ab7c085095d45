import { LANGUAGE_NAMES } from '../../library/index.js';
import { figure, localDay, soft, timeOf } from './layout.js';
import type { ReportMaterial } from './material.js';

export const CRITERION_WORDS = {
  produced: 'đã biên soạn và duyệt',
  playedEveryCommune: 'phát ở mọi xã',
  playedEveryHamlet: 'phát ở mọi ấp',
} as const;
const GRADE_WORDS = {
  completed: 'phát đủ',
  sensed: 'phát đủ và đường ra loa có tín hiệu',
  heard: 'phát đủ và trưởng ấp xác nhận nghe rõ',
} as const;

function ruleWords({ plays, clusters, leastGrade, languages }: ReportMaterial['head']['rule']): string {
  const where = clusters === 'all' ? 'ở mọi cụm loa của ấp' : 'ở ít nhất một cụm loa của ấp';
  const spoken = languages ? `; chỉ tính ${languages.map((code) => LANGUAGE_NAMES[code] ?? code).join(', ')}` : '';
  return `mỗi ấp ${figure(plays)} lần ${GRADE_WORDS[leastGrade]}, ${where}${spoken}`;
}

/** What the report is of, whether the line is done, and what no receipt can prove. */
export function cover({ head, coverage }: ReportMaterial): object[] {
  const { issuer, plan, line, area, period, result, counts, rule } = head;
  const open = result.required - result.reached;
  const facts = [
    ['Kế hoạch', `${plan.number}, ngày ${localDay(plan.issuedOn)}: ${plan.title}`],
    ['Chỉ tiêu', `${line.title}: ${figure(line.target)} ${line.unit}`],
    ['Tiêu chí', CRITERION_WORDS[line.criterion]],
    ['Địa bàn', area.name],
    ['Kỳ', `${localDay(period.from)} – ${localDay(period.to)}`],
    ['Cách tính', ruleWords(rule)],
    [
      'Số liệu',
      `${figure(coverage.items.length)} bản tin, ${figure(counts.hamlets)} ấp, ${figure(counts.devices)} thiết bị, ${figure(counts.receipts)} xác nhận phát, ${figure(counts.declared)} khai báo`,
    ],
    ['Lập lúc', timeOf(head.madeAtMs)],
  ];
  return [
    { text: issuer, style: 'soft' },
    { text: 'Hồ sơ nghiệm thu phát thanh', fontSize: 21, bold: true, margin: [0, 4, 0, 2] },
    soft('Lập tự động từ xác nhận phát của thiết bị; không phải biểu mẫu chính thức.'),
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
                `${figure(result.reached)} / ${figure(result.required)} theo tiêu chí “${CRITERION_WORDS[line.criterion]}”${result.done ? '.' : `, còn thiếu ${figure(open)}.`}`,
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
