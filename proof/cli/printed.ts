import { dayWords, timeWords } from '../verify/dates.js';
import { CHECKS, FINDINGS, filled, type Language, NOTES, type Verdict } from '../verify/index.js';

const WORDS = {
  vi: {
    good: 'HỒ SƠ ĐÚNG',
    bad: 'HỒ SƠ KHÔNG ĐÚNG',
    archiveGood: 'TỆP LƯU TRỮ ĐÚNG',
    archiveBad: 'TỆP LƯU TRỮ KHÔNG ĐÚNG',
    archive: '{receipts} xác nhận phát, {answers} câu trả lời, lập {made}',
    goodMark: 'ĐÚNG',
    badMark: 'SAI',
    skipped: 'CHƯA XEM',
    more: 'và {n} lỗi khác',
    pack: 'SHA-256 của hồ sơ',
    root: 'Dấu vân tay khóa gốc',
  },
  en: {
    good: 'THE PACK HOLDS',
    bad: 'THE PACK DOES NOT HOLD',
    archiveGood: 'THE ARCHIVE HOLDS',
    archiveBad: 'THE ARCHIVE DOES NOT HOLD',
    archive: '{receipts} receipts, {answers} answers, made {made}',
    goodMark: 'good',
    badMark: 'BAD',
    skipped: 'not looked at',
    more: 'and {n} more',
    pack: 'SHA-256 of the pack',
    root: 'Fingerprint of the root key',
  },
} as const;

/** The verdict as lines for a person. */
export function printed(verdict: Verdict, language: Language): string[] {
  const words = WORDS[language];
  const { manifest, archive } = verdict;
  const [good, bad] = archive ? [words.archiveGood, words.archiveBad] : [words.good, words.bad];
  const lines: string[] = [verdict.good ? good : bad];
  for (const { code, parameters } of verdict.notes.filter((note) => note.code === 'demo'))
    lines.push(filled(NOTES[code], language, parameters));
  if (manifest)
    lines.push(
      `${manifest.issuer} · ${manifest.plan.number} · ${manifest.line.title} · ${manifest.area.name} · ${dayWords(manifest.period.from)} – ${dayWords(manifest.period.to)}`,
    );
  if (archive) {
    const { receipts, answers } = archive.counts;
    const found = { receipts, answers, made: timeWords(archive.madeAtMs) };
    lines.push(`${archive.name} · ${filled({ vi: words.archive, en: words.archive }, language, found)}`);
  }
  const marks = { good: words.goodMark, bad: words.badMark, skipped: words.skipped };
  for (const { code, state, looked } of verdict.checks)
    lines.push(`  [${marks[state]}] ${filled(CHECKS[code], language)}${looked > 0 ? ` (${looked})` : ''}`);
  for (const { code, parameters } of verdict.findings)
    lines.push(`  ! ${filled(FINDINGS[code], language, parameters)}`);
  const more = verdict.findingCount - verdict.findings.length;
  if (more > 0) lines.push(`  ! ${words.more.replace('{n}', String(more))}`);
  for (const { code, parameters } of verdict.notes.filter((note) => note.code !== 'demo'))
    lines.push(`  · ${filled(NOTES[code], language, parameters)}`);
  const root = (manifest ?? archive)?.root;
  if (root) lines.push(`${words.root}: ${root}`);
  lines.push(`${words.pack}: ${verdict.sha256}`);
  return lines;
}
